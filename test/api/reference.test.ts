import { ROUTES } from '../../src/api/contract/routes';
import { startApiWorld, type ApiWorld } from './api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.stop());

/** What an API without a codec and without a mailbox has. */
const available = ROUTES.filter(({ path }) => !/^\/(?:codec|mailbox)/.test(path));

describe('the reference', () => {
  it('describes every route of this deployment with a curl command, and runs no script', async () => {
    const { status, text, headers } = await world.call('GET', '/reference');
    expect(status).toBe(200);
    const sections = [...text.matchAll(/<section class="route" id="(\w+)".*?<\/section>/gs)];
    expect(new Set(sections.map(([, id]) => id))).toEqual(new Set(available.map(({ id }) => id)));
    expect(sections).toHaveLength(available.length);
    for (const [section] of sections) expect(section).toMatch(/<pre>curl /);
    expect(text).not.toMatch(/<script|style="|\son\w+=/);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'/,
    );
  });

  it('has examples that fit the schemas of the bodies', async () => {
    const { text } = await world.call('GET', '/reference');
    const [, example = ''] =
      /id="putConsents".*?<pre>.*?-d &#39;(\{.*?\})&#39;<\/pre>/s.exec(text) ?? [];
    expect(JSON.parse(example.replaceAll('&quot;', '"'))).toEqual({
      channel: '*',
      purpose: expect.any(String) as string,
      state: 'none',
    });
  });
});

it('describes only what this deployment has in openapi.json', async () => {
  const { json } = await world.call('GET', '/openapi.json');
  expect(Object.keys(json.paths as object)).toHaveLength(
    new Set(available.map(({ path }) => path)).size,
  );
  expect(json.openapi).toBe('3.1.0');
});
