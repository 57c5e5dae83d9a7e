import { isJsonObject, type Json, type JsonObject } from '../../domain/json';

/** What a spreadsheet would evaluate as a formula, with any escaping quotes. */
const FORMULA = /^'*[=+\-@\t\r]/;
const GUARDED = /^''*[=+\-@\t\r]/;

/** Formatted as JSON would format it, so that nothing is lost: no leading zero, no exponent. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** More digits than a JSON number can represent. */
const MAX_DIGITS = 15;

/**
 * Escapes a text for a CSV that people open in a spreadsheet: one that would be a formula gets a leading
 * quote, which `unguarded` removes.
 */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text without its escaping quote; any other unchanged. */
export function unguarded(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}

/**
 * The value of a cell, its type inferred without loss: numbers and booleans, JSON objects and lists, and
 * otherwise the text. `007`, `+49 30`, `1e5`, and whole
 * numbers of more than 15 digits stay text.
 *
 * @returns undefined for an empty cell, which says nothing
 */
export function valueOfCell(cell: string): Json | undefined {
  if (cell === '') return undefined;
  if (cell === 'true' || cell === 'false') return cell === 'true';
  if (isNumber(cell)) return Number(cell);
  if (/^[[{]/.test(cell)) {
    const parsed = parsedJson(cell);
    if (parsed !== undefined) return parsed;
  }
  return unguarded(cell);
}

/**
 * The JSON object in a cell.
 *
 * @returns undefined for a cell that holds something else; `{}` for an empty one
 */
export function objectOfCell(cell: string): JsonObject | undefined {
  if (cell.trim() === '') return {};
  const parsed = parsedJson(cell);
  return isJsonObject(parsed) ? parsed : undefined;
}

/** A fraction may have more digits where it is formatted as the number itself. */
function isNumber(cell: string): boolean {
  if (!NUMBER.test(cell) || cell === '-0') return false;
  return digitsIn(cell) <= MAX_DIGITS || (cell.includes('.') && `${Number(cell)}` === cell);
}

function digitsIn(cell: string): number {
  return cell.replace(/^-?(?:0\.0*)?/, '').replace('.', '').length;
}

function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
