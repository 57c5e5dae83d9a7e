import type { Request } from 'express';
import { readCursor, type PageRequest } from '../../db/read-models/page';
import { invalid, queryLimit, queryText } from './input';

/** The part of a list that a request asks for with `limit` and `before`. */
export function readPage(request: Request, usual = 100, most = 500): PageRequest {
  const limit = queryLimit(request, usual, most);
  const text = queryText(request, 'before');
  if (text === undefined) return { limit, before: undefined };
  const before = readCursor(text);
  if (before === undefined) {
    throw invalid(
      'Found a `before` that this API has not made; take it from `next` of the answer before.',
    );
  }
  return { limit, before };
}
