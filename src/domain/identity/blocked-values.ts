/**
 * Values that programs send as an id when there is none: placeholders, and missing values converted
 * to strings. If they counted as identifiers, unrelated customers would be merged.
 */
const BLOCKED: ReadonlySet<string> = new Set([
  'null',
  '(null)',
  '<null>',
  'nil',
  'none',
  '(none)',
  'undefined',
  'nan',
  'n/a',
  'na',
  'true',
  'false',
  '[object object]',
  'anonymous',
  'anon',
  'unknown',
  'unidentified',
  'unidentifiable',
  'guest',
  'not set',
  '(not set)',
  'not_set',
  'not-set',
  '-1',
  '-',
]);

/** Matches `0`, `000`, `0.0` and the nil UUID. */
const ONLY_ZEROS = /^[-+]?[0.{}:_-]*0[0.{}:_-]*$/;

/**
 * Whether a value is a placeholder and identifies no customer.
 *
 * @param more the application's own blocked values, in lower case
 */
export function isBlocked(value: string, more: ReadonlySet<string> = new Set()): boolean {
  const plain = value.trim().toLowerCase();
  return plain === '' || BLOCKED.has(plain) || more.has(plain) || ONLY_ZEROS.test(plain);
}
