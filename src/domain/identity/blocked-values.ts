/**
 * What programs send as an id when there is none: names of nothing, placeholders, and what a missing
 * value becomes when it is written as a text. Under such a value strangers would become one.
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

/** `0`, `000`, `0.0` and the empty UUID are all of this form. */
const ONLY_ZEROS = /^[-+]?[0.{}:_-]*0[0.{}:_-]*$/;

/**
 * Whether a value stands for nobody.
 *
 * @param more values of the application's own, in lower case
 */
export function isBlocked(value: string, more: ReadonlySet<string> = new Set()): boolean {
  const plain = value.trim().toLowerCase();
  return plain === '' || BLOCKED.has(plain) || more.has(plain) || ONLY_ZEROS.test(plain);
}
