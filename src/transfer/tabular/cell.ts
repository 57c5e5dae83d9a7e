import { isJsonObject, type Json, type JsonObject } from '../../domain/json';

/** What a spreadsheet would take for a formula, with any quotes that guard it. */
const FORMULA = /^'*[=+\-@\t\r]/;
const GUARDED = /^''*[=+\-@\t\r]/;

/** Written as the number would be, so that nothing is lost: no leading zero, no exponent. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** More digits than a number of JSON can keep. */
const MAX_DIGITS = 15;

/**
 * A text as it may stand in a CSV that people open in a spreadsheet: one that would be a formula
 * there gets a quote in front. `unguarded` takes it away again, so that nothing is lost.
 */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that was guarded; any other as it is. */
export function unguarded(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}

/**
 * What a cell says, its type inferred with care: numbers and truths where nothing is lost by it,
 * JSON where it is an object or a list, and otherwise the text. `007`, `+49 30`, `1e5`, and whole
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

/** A fraction may have more digits where it is written as the number itself would be. */
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
