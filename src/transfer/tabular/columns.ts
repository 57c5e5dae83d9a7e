/** The meaning of a column: a known field, or a name of the file's own. */
export type Column =
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'own'; readonly name: string }
  | { readonly kind: 'ignored' };

/** Additional columns of a rejects file, which can so be corrected and imported as it is. */
export const REJECT_COLUMNS = ['_line', '_reason'] as const;

/**
 * The meaning of the columns of a file. A known field is recognised however its name is written
 * (`user_id`, `userId`, `User ID`); any other column keeps its name, and one without a name is ignored.
 *
 * @param mapping names of columns, each with the field or the name that it is to stand for; the
 *   empty text ignores a column
 * @param fields the fields that are known, by each way to write them
 * @throws {RangeError} for a mapped column that is not there, or two columns for the same thing
 */
export function columnsOf(
  header: readonly string[],
  mapping: ReadonlyMap<string, string>,
  fields: ReadonlyMap<string, string>,
): readonly Column[] {
  const names = header.map((name) => name.trim());
  for (const name of mapping.keys()) {
    if (!names.includes(name)) {
      throw new RangeError(
        `Found no column '${name}' to map; the file has ${names.map((each) => `'${each}'`).join(', ')}. Correct --map.`,
      );
    }
  }
  const columns = names.map((name): Column => {
    const target = mapping.get(name) ?? name;
    if (target === '' || (REJECT_COLUMNS as readonly string[]).includes(target)) {
      return { kind: 'ignored' };
    }
    const field = fields.get(plain(target));
    return field === undefined ? { kind: 'own', name: target } : { kind: 'field', field };
  });
  const seen = new Map<string, string>();
  for (const [at, column] of columns.entries()) {
    if (column.kind === 'ignored') continue;
    const meant = column.kind === 'field' ? column.field : `own ${column.name}`;
    const other = seen.get(meant);
    if (other !== undefined) {
      throw new RangeError(
        `Found the columns '${other}' and '${names[at] ?? ''}' for the same field; expected one. Ignore one with --map '${names[at] ?? ''}='.`,
      );
    }
    seen.set(meant, names[at] ?? '');
  }
  return columns;
}

/** Known fields by their normalized names and aliases. */
export function fieldNames(
  fields: readonly string[],
  others: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, string> {
  return new Map([
    ...fields.map((field) => [plain(field), field] as const),
    ...Object.entries(others).map(([name, field]) => [plain(name), field] as const),
  ]);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}
