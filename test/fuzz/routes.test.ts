import * as fc from 'fast-check';
import { newId } from '../../src/db/new-id';
import { signLink, type LinkClaim } from '../../src/links/signed-link';
import { ADMIN, openTask, SIGNING, startApiWorld, WRITE, type ApiWorld } from '../api/api-world';
import { bodyRoutes, type BodyRoute, type KnownName } from './body-routes';
import { holds } from './fuzzing';
import { hostileFields, hostileJson, hostileText, objectText } from './hostile-json';
import {
  countsOf,
  expectConsistent,
  expectPristinePrototypes,
  expectSound,
  type Counts,
} from './soundness';

let world: ApiWorld;
/** What an address may name: each under the name of its parameter. */
const known: Record<KnownName, string> = {
  id: 'ada',
  task: `${newId()}.1`,
  enrollment: '',
  item: newId(),
  unsubscribe: '',
  confirm: '',
  preferences: '',
  form: '',
};

beforeAll(async () => {
  world = await startApiWorld({ mailboxDirectory: '/nonexistent' });
  const { db } = world.deps;
  const send = (path: string, body: object) => world.call('POST', path, { key: WRITE, body });
  await send('/v1/identify', { userId: 'ada', traits: { email: 'ada@shop.example' } });
  const entered = await send('/v1/journeys/onDemand/enrollments', { userId: 'ada' });
  known.enrollment = entered.json.enrollmentId;
  await send('/v1/track', { userId: 'ada', event: 'Order Completed', properties: { total: 'x' } });
  const { id: customerId } = await db
    .selectFrom('customers')
    .select('id')
    .executeTakeFirstOrThrow();
  await openTask(world, { id: known.task, customerId, enrollmentId: known.enrollment });
  await db
    .insertInto('inbox_items')
    .values({
      id: known.item,
      customer_id: customerId,
      title: 'Hello',
      body: 'Ada',
      url: null,
      created_at: world.time.now,
    })
    .execute();
  const claim: Omit<LinkClaim, 'act'> = {
    customerId,
    channel: 'email',
    purpose: 'offers',
    messageId: newId(),
    expiresAt: world.time.now.getTime() + 1_000_000,
  };
  known.unsubscribe = signLink({ ...claim, act: 'unsubscribe' }, SIGNING);
  known.confirm = signLink({ ...claim, act: 'confirm' }, SIGNING);
  known.preferences = signLink({ ...claim, act: 'preferences' }, SIGNING);
  known.form = signLink({ ...claim, act: 'form' }, SIGNING);
});

afterEach(async () => {
  await expectConsistent(world.deps.db);
  expectPristinePrototypes();
  expect((await world.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
});

afterAll(() => world.stop());

/** A text as a client would write it into an address, half characters and all. */
const encoded = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));

/** Parts of an address that no well-meaning client writes. */
const RAW = [
  '%',
  '%zz',
  '%00',
  '%C0%80',
  '%ED%A0%80',
  '..%2f..%2f..%2fetc%2fpasswd',
  '%2e%2e',
  '.',
  ';',
  '*',
  '%0d%0aX:%20y',
  '__proto__',
];

const parameter = (usual: string) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: hostileText.map(encoded) },
    { weight: 1, arbitrary: fc.constantFrom(...RAW) },
  );

const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const QUERY: Readonly<Record<string, readonly string[]>> = {
  limit: ['1', '0', '-1', '1e3', '999999', '9999999999', '1.5', '+1', '0x10', ''],
  before: [
    cursor([1_772_445_600_000, '0 x']),
    cursor([8_640_000_000_000_001, 'x']),
    cursor([1_772_445_600_000, "'; drop table events"]),
    cursor([null, null]),
    cursor([{}, []]),
    cursor({ __proto__: 1 }),
    cursor([1_772_445_600_000, '\0']),
    'AAAA',
    '====',
  ],
  after: ['0', '1', '999999999999999', '9999999999999999', '-1'],
  status: ['open', 'claimed', 'none'],
  kind: ['call'],
  journey: ['onDemand', 'constructor'],
  unread: ['true', 'false', '1'],
  __proto__: ['1'],
  'status[$ne]': ['1'],
  'limit[]': ['1'],
};

const query = fc
  .array(
    fc
      .constantFrom(...Object.keys(QUERY))
      .chain((name) =>
        fc.tuple(
          fc.constant(name),
          fc.oneof(
            { weight: 2, arbitrary: fc.constantFrom(...(QUERY[name] ?? ['x'])) },
            { weight: 1, arbitrary: hostileText.map(encoded) },
            { weight: 1, arbitrary: fc.constantFrom(...RAW) },
          ),
        ),
      ),
    { maxLength: 4 },
  )
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`));

async function check(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const before: Counts = await countsOf(world.deps.db);
  const options = { key: ADMIN, headers, ...(body !== undefined && { body }) };
  const answer = await world.call(method, path, options);
  const asked = `${method} ${path} ${body ?? ''}`;
  // There is no Temporal here; rendering.test.ts asks where there is one.
  if (answer.status === 503)
    expect([asked, answer.json?.error?.code]).toEqual([asked, 'temporal-away']);
  else if (
    answer.json === undefined &&
    /^\/(?:unsubscribe|confirm|preferences|mailbox)/.test(path)
  ) {
    // A person looks at these, so they are refused with a page.
    if (answer.status >= 500) throw new Error(`${asked} was answered with ${answer.status}`);
    expect(answer.text).toMatch(/<p/);
  } else expectSound(answer, asked);
  if (answer.status >= 400) expect([asked, await countsOf(world.deps.db)]).toEqual([asked, before]);
  return answer.status;
}

describe('an address that is read', () => {
  const PATHS: readonly ((
    part: (usual: string) => fc.Arbitrary<string>,
  ) => fc.Arbitrary<string>)[] = [
    (part) => part(known.id).map((id) => `/v1/customers/${id}`),
    ...['timeline', 'enrollments', 'decisions', 'inbox', 'consents', 'preferences'].map(
      (list) => (part: (usual: string) => fc.Arbitrary<string>) =>
        part(known.id).map((id) => `/v1/customers/${id}/${list}`),
    ),
    (part) => part('onDemand').map((name) => `/v1/journeys/${name}`),
    (part) => part(known.enrollment).map((id) => `/v1/enrollments/${id}`),
    (part) => part(newId()).map((id) => `/v1/operations/${id}`),
    (part) => part(known.task).map((id) => `/v1/tasks/${id}`),
    (part) => part(known.unsubscribe).map((token) => `/unsubscribe/${token}`),
    (part) => part(known.confirm).map((token) => `/confirm/${token}`),
    (part) => part(known.preferences).map((token) => `/preferences/${token}`),
    (part) => part(known.preferences).map((token) => `/preferences/${token}/why`),
    (part) => part(newId()).map((id) => `/mailbox/${id}`),
    () =>
      fc.constantFrom(
        '/v1/tasks',
        '/v1/quarantine',
        '/v1/dead-letters',
        '/v1/journeys',
        '/v1/segments',
      ),
    () => fc.constantFrom('/', '/mailbox', '/readyz'),
    (part) => part('v2').map((name) => `/${name}`),
  ];

  it('answers or refuses with a sentence, and changes nothing', async () => {
    const cases = fc
      .nat({ max: PATHS.length - 1 })
      .chain((at) => fc.tuple(PATHS[at]?.(parameter) ?? fc.constant('/'), query));
    await holds(150, cases, async ([path, asked]) => {
      const before = await countsOf(world.deps.db);
      await check('GET', `${path}${asked}`);
      expect(await countsOf(world.deps.db)).toEqual(before);
    });
  });

  it('and given any method', async () => {
    const methods = fc.constantFrom('PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND');
    const paths = fc.constantFrom(
      '/v1/track',
      '/v1/batch',
      '/v1/customers/nobody', // DELETE would erase Ada
      '/v1/tasks',
      '/',
      '/healthz',
      '/unsubscribe/x',
    );
    await holds(30, fc.tuple(methods, paths), async ([method, path]) => {
      const answer = await world.call(method, path, { key: ADMIN });
      if (answer.status < 400) expect(answer.status).toBeLessThan(500);
      else expectSound(answer, `${method} ${path}`);
    });
  });
});

describe('an address that takes a body', () => {
  const bodies = (route: BodyRoute) =>
    fc.oneof(
      { weight: 6, arbitrary: hostileFields(route.fields).map(objectText) },
      { weight: 1, arbitrary: hostileJson },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    );

  it.each(
    bodyRoutes(known).map(
      (route) => [`${route.method} ${route.path[0]}...${route.path[2]}`, route] as const,
    ),
  )('takes it or refuses it with a sentence: %s', async (_, route) => {
    const [before, usual, after] = route.path;
    const parts = usual() === '' ? fc.constant('') : parameter(usual());
    await holds(20, fc.tuple(parts, bodies(route)), async ([part, body]) => {
      await check(route.method, `${before}${part}${after}`, body);
    });
  });

  it('takes a form of any fields behind a link', async () => {
    const field = fc.tuple(
      fc.oneof(
        fc.constantFrom(
          ...['List-Unsubscribe', 'confirm', 'action', 'topic', 'channel', 'was-topic', 'most'],
          ...['digest', 'best', 'quiet-from', 'quiet-to', 'address', '__proto__', 'a[b]'],
        ),
        hostileText,
      ),
      fc.oneof(
        fc.constantFrom(
          ...['One-Click', 'yes', 'save', 'pause', 'leave', 'erase-yes', 'offers', 'email', '3'],
          ...['daily', 'evening', '21:00', 'constructor'],
        ),
        hostileText,
      ),
    );
    const cases = fc.record({
      path: fc.oneof(
        fc
          .constant('')
          .chain(() => parameter(known.unsubscribe).map((token) => `/unsubscribe/${token}`)),
        fc.constant('').chain(() => parameter(known.confirm).map((token) => `/confirm/${token}`)),
        fc
          .constant('')
          .chain(() => parameter(known.preferences).map((token) => `/preferences/${token}`)),
      ),
      type: fc.constantFrom(
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'multipart/form-data',
        'application/json',
      ),
      fields: fc.array(field, { maxLength: 3 }),
      tail: fc.constantFrom('', '%', '%zz', '&&&===', '\r\n--x--'),
    });
    await holds(80, cases, async ({ path, type, fields: chosen, tail }) => {
      const fields = [['form', known.form] as const, ...chosen].slice(
        path.startsWith('/preferences') ? 0 : 1,
      );
      const body = type.startsWith('multipart')
        ? `${fields.map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${encoded(name)}"\r\n\r\n${encoded(value)}\r\n`).join('')}--x--${tail}`
        : fields.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&') + tail;
      await check('POST', path, body, { 'content-type': type });
    });
  });
});
