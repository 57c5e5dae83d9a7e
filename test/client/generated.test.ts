import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  apiDocument,
  digestOf,
  OPEN_API_FILE,
  PATHS_FILE,
  ROOT,
} from '../../dev/generate/api-document';
import { routeRows, rowsIn } from '../../dev/generate/readme-routes';
import { ROUTES } from '../../src/api/contract/routes';

const document = apiDocument();

/** The validator is an ES module, which Jest cannot load on Node 20. */
function validate(text: string): unknown {
  const script = path.join(__dirname, 'validate-open-api.cjs');
  return JSON.parse(execFileSync(process.execPath, [script], { input: text, encoding: 'utf8' }));
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', () => {
    expect(validate(document)).toEqual({ valid: true });
    expect(validate(document.replace('"openapi": "3.1.0"', '"openapi": "3.1.0", "x": 1'))).toEqual(
      expect.objectContaining({ valid: false }),
    );
  });

  it('has every route under a unique id', () => {
    const ids = ROUTES.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const { paths } = JSON.parse(document) as { paths: Record<string, object> };
    const operations = Object.values(paths).flatMap((operation) => Object.keys(operation));
    expect(operations).toHaveLength(ROUTES.length);
  });
});

describe('after a change of a route, `npm run generate` has written', () => {
  it('docs/openapi.json', () => {
    expect(readFileSync(OPEN_API_FILE, 'utf8') === document).toBe(true);
  });

  it('the types of the client', () => {
    expect(readFileSync(PATHS_FILE, 'utf8').split('\n', 1)[0]).toContain(digestOf(document));
  });

  it("the README's table of routes", () => {
    expect(rowsIn(readFileSync(path.join(ROOT, 'README.md'), 'utf8'))).toEqual(routeRows());
  });
});
