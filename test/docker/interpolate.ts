export interface Reference {
  readonly name: string;
  /** What follows the name: `:?message`, `:-default`, or nothing. */
  readonly operator: ':?' | ':-' | '';
  readonly operand: string;
}

/** The variables that a text of a compose file refers to, those within defaults included. */
export function referencesIn(text: string): readonly Reference[] {
  const found: Reference[] = [];
  walk(text, (reference) => {
    found.push(reference);
    return interpolate(reference.operand, () => '');
  });
  for (const { operand } of [...found]) found.push(...referencesIn(operand));
  return found;
}

/**
 * Fills in a text as docker compose does.
 *
 * @throws {Error} where a variable that has to be set (`:?`) is empty
 */
export function interpolate(text: string, valueOf: (name: string) => string | undefined): string {
  return walk(text, ({ name, operator, operand }) => {
    const value = valueOf(name) ?? '';
    if (value !== '' || operator === '') return value;
    if (operator === ':?') throw new Error(`required variable ${name} is missing: ${operand}`);
    return interpolate(operand, valueOf);
  });
}

function walk(text: string, replace: (reference: Reference) => string): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    if (text.startsWith('$$', at)) {
      result += '$';
      at += 2;
    } else if (text.startsWith('${', at)) {
      const end = closingBrace(text, at + 2);
      result += replace(parse(text.slice(at + 2, end)));
      at = end + 1;
    } else {
      result += text[at++];
    }
  }
  return result;
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('${', at)) depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  throw new Error(`Found no closing brace in ${JSON.stringify(text)}.`);
}

function parse(inner: string): Reference {
  const [, name, operator = '', operand = ''] =
    /^([A-Z0-9_]+)(?:(:\?|:-)(.*))?$/s.exec(inner) ?? [];
  if (name === undefined) {
    throw new Error(
      `Found \${${inner}}; expected \${NAME}, \${NAME:-default} or \${NAME:?message}.`,
    );
  }
  return { name, operator: operator as Reference['operator'], operand };
}
