import type { Route } from './route';

/** The codes of the errors of a route by status: those of its kind, and its own. */
export function errorsOf(route: Route): ReadonlyMap<number, readonly string[]> {
  const { roles, body, params, query, errors = {} } = route;
  const all = new Map<number, string[]>();
  const add = (status: number, ...codes: readonly string[]) =>
    all.set(status, [...new Set([...(all.get(status) ?? []), ...codes])]);
  add(400, 'invalid-request', 'malformed-request');
  if (Object.keys(params).length + Object.keys(query).length > 0) add(400, 'unstorable');
  if (body !== undefined) {
    add(400, 'invalid-body', 'malformed-json', 'malformed-body', 'aborted', 'wrong-length');
    add(400, 'unstorable');
    add(408, 'timeout');
    add(413, 'body-too-large');
    add(415, 'unsupported-type', 'unsupported-charset', 'unsupported-encoding');
  }
  if (roles !== 'everybody') {
    add(401, 'no-key', 'wrong-key');
    add(403, 'key-not-allowed');
  }
  add(500, 'internal');
  add(503, 'unavailable');
  for (const [status, codes] of Object.entries(errors)) add(Number(status), ...codes);
  return new Map([...all].toSorted(([a], [b]) => a - b));
}
