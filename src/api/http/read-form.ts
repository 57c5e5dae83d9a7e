import type { Request } from 'express';

/** A form's fields in their order; a name may occur several times. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** The fields of a URL-encoded or multipart form; undefined where the body is no form. */
export async function readFields(request: Request): Promise<Fields | undefined> {
  const body: unknown = request.body;
  const type = request.headers['content-type'] ?? '';
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) {
    return undefined;
  }
  try {
    // The platform's own parser of both formats.
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    // A file is a field as well, but none that we read.
    return [...form].map(([name, value]) => [name, typeof value === 'string' ? value : '']);
  } catch {
    return undefined;
  }
}
