import * as fc from 'fast-check';

/*
 * Everything here is JSON as it travels, a text, since much of what is hostile is lost in a value:
 * duplicate keys, `__proto__`, 1e400, numbers of a thousand digits.
 */

/** Texts that have broken some system before. */
export const HOSTILE_TEXTS: readonly string[] = [
  // SQL
  "'; drop table events; --",
  "' or '1'='1",
  "x'); delete from customers; select pg_sleep(20); --",
  '$1',
  '$$',
  '\\',
  "E'\\x00'",
  '%_%',
  '{"$gt":""}',
  // Liquid, HTML, mail headers, paths
  '{{ 7 | times: 7 }}',
  '{% for i in (1..100000000) %}x{% endfor %}',
  "{% include '/etc/passwd' %}{{ customer.traits | json }}",
  '{{',
  '{% raw %}',
  '<script>alert(1)</script>',
  '<mj-include path="/etc/passwd" />',
  'a@b.example\r\nBcc: everybody@b.example',
  '../../../../etc/passwd',
  // names of the language
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'toJSON',
  'then',
  // Unicode
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udc00',
  '\udc00\ud800',
  '\u2028\u2029',
  '\ufeff',
  '\uffff',
  '\u202egnp.exe',
  'e\u0301',
  '👩‍👩‍👧‍👦',
  'İ',
  // lengths about the limits, some of which a cut would leave with half a character
  'x'.repeat(255),
  'x'.repeat(256),
  'é'.repeat(255),
  `${'x'.repeat(254)}😀`,
  `${'x'.repeat(99)}😀`,
  `${'x'.repeat(79)}😀${'x'.repeat(100)}`,
  `${'x'.repeat(39)}😀`,
  '😀'.repeat(150),
  'x'.repeat(5_000),
  // what looks like something else
  'null',
  'true',
  '0',
  '-1',
  'NaN',
  'Infinity',
  '1e999',
  '[]',
  'throughline:x',
  'email:',
  'user_id:user_id:',
];

/** Moments that are none, or that lie beyond what some system can hold. */
export const ABSURD_DATES: readonly string[] = [
  '0000-00-00T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '2026-13-45T99:99:99Z',
  '2026-02-30',
  '1969-12-31T23:59:59.999Z',
  '2101-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T23:59:59-23:59',
  '0001-01-01T00:00:00+23:59',
  '+275760-09-13T00:00:00.001Z',
  '-271821-04-20T00:00:00Z',
  '2026-03-02T10:00:60Z',
  '2026-03-02T10:00:00Z[Mars/Olympus]',
  'infinity',
  '-infinity',
  'epoch',
  'now()',
  `2026-03-02T10:00:00.${'9'.repeat(80)}Z`,
  `2026-03-02T10:00:00Z${' '.repeat(5_000)}`,
];

/** Numbers as they may be written, though few programs can hold them. */
const NUMBERS: readonly string[] = [
  '0',
  '-0',
  '-0.0e-0',
  '1e400',
  '-1e400',
  '1e-400',
  '5e-324',
  '1.7976931348623157e308',
  '9007199254740993',
  '-9007199254740993',
  '18446744073709551616',
  '1e21',
  '2147483648',
  '1e18',
  '-1',
  '0.1',
  '1E+2',
  '9'.repeat(3_000),
  `0.${'0'.repeat(3_000)}1`,
  `1${'0'.repeat(308)}.5`,
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 1, arbitrary: fc.constantFrom(...ABSURD_DATES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  // Any sequence of UTF-16 units, half characters included.
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 6 })
      .map((units) => String.fromCharCode(...units)),
  },
);

const plainText = fc.constantFrom('ada', 'eve', 'o-1', 'Order Completed', 'email', 'offers', 'a b');

/** A text as JSON; half characters travel as escapes. */
const text = fc.oneof(hostileText, plainText).map((each) => JSON.stringify(each));

const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 1, arbitrary: fc.constantFrom('true', 'false', 'null') },
);

/** An object of pairs; of a key that comes twice, readers take the last. */
export function objectText(pairs: readonly (readonly [key: string, value: string])[]): string {
  return `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

/** Arrays or objects within each other, as many levels as asked for. */
export function nestedText(levels: number, kind: 'array' | 'object' | 'mixed'): string {
  const [open, close] = {
    array: ['[', ']'],
    object: ['{"a":', '}'],
    mixed: ['[{"a":', '}]'],
  }[kind] as [string, string];
  return `${open.repeat(levels)}1${close.repeat(levels)}`;
}

const deep = fc
  .tuple(
    fc.constantFrom(31, 32, 33, 40, 1_000, 10_000),
    fc.constantFrom('array', 'object', 'mixed'),
  )
  .map(([levels, kind]) => nestedText(kind === 'mixed' ? levels / 2 : levels, kind as 'array'));

/** Any JSON, as bad as it comes. */
export const hostileJson: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 6, arbitrary: scalar },
    {
      weight: 1,
      arbitrary: fc.array(tie('any'), { maxLength: 4 }).map((all) => `[${all.join(',')}]`),
    },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.tuple(fc.oneof(hostileText, plainText), tie('any')), { maxLength: 4 })
        .map(objectText),
    },
    { weight: 1, arbitrary: deep },
  ),
})).any;

/** An object of JSON under hostile keys. */
export const hostileObject: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.oneof(hostileText, plainText), hostileJson), { maxLength: 5 })
  .map(objectText);

/** An object that may have the fields named, each with the value that suits it or with a hostile one. */
export function hostileFields(
  usual: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<readonly (readonly [string, string])[]> {
  const pair = fc
    .constantFrom(...Object.keys(usual))
    .chain((key) =>
      fc.tuple(
        fc.constant(key),
        fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom('null', ...(usual[key] ?? [])) },
          { weight: 1, arbitrary: hostileJson },
        ),
      ),
    );
  return fc.array(
    fc.oneof(
      { weight: 9, arbitrary: pair },
      { weight: 1, arbitrary: fc.tuple(hostileText, hostileJson) },
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  );
}
