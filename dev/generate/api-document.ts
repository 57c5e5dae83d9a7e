import { createHash } from 'node:crypto';
import path from 'node:path';
import { openApiDocument, packageVersion } from '../../src/api/contract/open-api';
import { ROUTES } from '../../src/api/contract/routes';

export const ROOT = path.join(__dirname, '..', '..');
export const OPEN_API_FILE = path.join(ROOT, 'docs', 'openapi.json');
export const PATHS_FILE = path.join(ROOT, 'src', 'client', 'api-paths.ts');

/** The OpenAPI document of the routes that the sources declare, as text. */
export function apiDocument(): string {
  return `${JSON.stringify(openApiDocument(ROUTES, packageVersion()), null, 2)}\n`;
}

/** A short hash of the document, which the generated types name. */
export function digestOf(document: string): string {
  return createHash('sha256').update(document).digest('hex').slice(0, 16);
}
