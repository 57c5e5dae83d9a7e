import type { Request } from 'express';

/** A form's fields, url-encoded or multipart; undefined where the body is no form. */
export async function readForm(request: Request): Promise<ReadonlyMap<string, string> | undefined> {
  const body: unknown = request.body;
  const type = request.headers['content-type'] ?? '';
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) {
    return undefined;
  }
  try {
    // The platform's own reader of both forms.
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    const fields = new Map<string, string>();
    for (const [name, value] of form) if (typeof value === 'string') fields.set(name, value);
    return fields;
  } catch {
    return undefined;
  }
}
