import type { Request } from 'express';

/**
 * A form's fields in their order, url-encoded or multipart; undefined where the body is no form.
 * A name may come several times.
 */
export async function readFields(
  request: Request,
): Promise<readonly (readonly [name: string, value: string])[] | undefined> {
  const body: unknown = request.body;
  const type = request.headers['content-type'] ?? '';
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) {
    return undefined;
  }
  try {
    // The platform's own reader of both forms.
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    // A file is a field as well, and never one of ours.
    return [...form].map(([name, value]) => [name, typeof value === 'string' ? value : '']);
  } catch {
    return undefined;
  }
}

/** A form's fields by name, of several the last. */
export async function readForm(request: Request): Promise<ReadonlyMap<string, string> | undefined> {
  const fields = await readFields(request);
  return fields === undefined ? undefined : new Map(fields);
}
