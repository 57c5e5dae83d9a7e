import { sql, type RawBuilder } from 'kysely';
import { PREPARED_MARK } from './statement-marks';

/** One marked copy per template in the code, so that building a statement costs nothing more. */
const marked = new WeakMap<TemplateStringsArray, TemplateStringsArray>();

/**
 * A statement that is prepared from its second use on, which saves planning it again. Use it for
 * statements that look rows up by the leading columns of an index: their plan is right whatever the
 * tables hold. A plan for joins or lists that was made while the tables were empty would be kept
 * while they grow.
 *
 * @example
 * await prepared<{ id: string }>`select id from customers where id = ${id}`.execute(db);
 */
export function prepared<T>(
  strings: TemplateStringsArray,
  ...parameters: readonly unknown[]
): RawBuilder<T> {
  return sql<T>(withMark(strings), ...parameters);
}

function withMark(strings: TemplateStringsArray): TemplateStringsArray {
  const known = marked.get(strings);
  if (known !== undefined) return known;
  const [first = '', ...others] = strings;
  const texts = [PREPARED_MARK + first.trimStart(), ...others];
  const made = Object.assign(texts, { raw: texts });
  marked.set(strings, made);
  return made;
}
