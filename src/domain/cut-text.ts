/** The first half of a character that takes two UTF-16 units, at the end of a text. */
const HALF_A_CHARACTER = /[\ud800-\udbff]$/;

/**
 * The beginning of a text, at most so many UTF-16 units long. Unlike `slice`, it never ends with half
 * a character, which Postgres does not take as `jsonb`.
 */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(HALF_A_CHARACTER, '');
}
