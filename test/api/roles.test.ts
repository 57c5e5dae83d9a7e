import { createApi } from '../../src/api/server';
import { createApiKey } from '../../src/db/stores/api-keys';
import { includesRole, KEY_ROLES, roleNamed, type KeyRole } from '../../src/domain/access/key-role';
import { startApiWorld, type ApiWorld } from './api-world';

/**
 * Every route with the least roles that may call it; `everybody` where no key is asked for. A route
 * that is not here fails the test below: decide who may call it, and write it down.
 */
const ROUTES: Readonly<Record<string, readonly KeyRole[] | 'everybody'>> = {
  'POST /v1/identify': ['ingest'],
  'POST /v1/track': ['ingest'],
  'POST /v1/page': ['ingest'],
  'POST /v1/screen': ['ingest'],
  'POST /v1/group': ['ingest'],
  'POST /v1/alias': ['ingest'],
  'POST /v1/batch': ['ingest'],
  'POST /v1/import': ['ingest'],
  'POST /v1/journeys/:journey/enrollments': ['ingest', 'operate'],
  'GET /v1/journeys': ['read'],
  'GET /v1/customers/:id': ['read'],
  'GET /v1/customers/:id/timeline': ['read'],
  'GET /v1/customers/:id/enrollments': ['read'],
  'GET /v1/customers/:id/decisions': ['read'],
  'GET /v1/customers/:id/inbox': ['read'],
  'POST /v1/customers/:id/inbox/:itemId/read': ['read'],
  'POST /v1/customers/:id/inbox/:itemId/unread': ['read'],
  'GET /v1/customers/:id/consents': ['read'],
  'PUT /v1/customers/:id/consents': ['operate'],
  'GET /v1/customers/:id/preferences': ['read'],
  'PUT /v1/customers/:id/preferences': ['operate'],
  'GET /v1/customers/:id/export': ['read'],
  'POST /v1/customers/:id/export': ['read'],
  'DELETE /v1/customers/:id': ['admin'],
  'POST /v1/customers/:id/erase': ['admin'],
  'GET /v1/privacy/requests': ['admin'],
  'GET /v1/privacy/requests/:id': ['admin'],
  'GET /v1/privacy/retention': ['admin'],
  'GET /v1/audit': ['admin'],
  'GET /v1/segments': ['read'],
  'GET /v1/segments/:segment': ['read'],
  'GET /v1/segments/:segment/members': ['read'],
  'POST /v1/inbound/messages': ['ingest'],
  'GET /v1/enrollments/:id': ['operate'],
  'POST /v1/enrollments/:id/pause': ['operate'],
  'POST /v1/enrollments/:id/resume': ['operate'],
  'POST /v1/enrollments/:id/skip-wait': ['operate'],
  'POST /v1/enrollments/:id/exit': ['operate'],
  'POST /v1/journeys/:journey/operations': ['operate'],
  'GET /v1/operations/:id': ['operate'],
  'GET /v1/tasks': ['read'],
  'GET /v1/tasks/:id': ['read'],
  'POST /v1/tasks/:id/claim': ['operate'],
  'POST /v1/tasks/:id/release': ['operate'],
  'POST /v1/tasks/:id/complete': ['operate'],
  'GET /v1/quarantine': ['operate'],
  'POST /v1/quarantine/replay': ['operate'],
  'GET /v1/dead-letters': ['operate'],
  'POST /v1/dead-letters/retry': ['operate'],
  'GET /v1/keys': ['admin'],
  'POST /v1/keys': ['admin'],
  'POST /v1/keys/:id/rotate': ['admin'],
  'DELETE /v1/keys/:id': ['admin'],
  // Mails are personal; only a browser on this very machine sees them without a key.
  'GET /mailbox': ['admin'],
  'GET /mailbox/:id': ['admin'],
  'GET /': 'everybody',
  'GET /healthz': 'everybody',
  'GET /readyz': 'everybody',
  // Behind links in messages, which are signed.
  'GET /unsubscribe/:token': 'everybody',
  'POST /unsubscribe/:token': 'everybody',
  'GET /confirm/:token': 'everybody',
  'POST /confirm/:token': 'everybody',
  'GET /preferences/:token': 'everybody',
  'POST /preferences/:token': 'everybody',
  'GET /preferences/:token/why': 'everybody',
  'GET /preferences/renew': 'everybody',
  'POST /preferences/renew': 'everybody',
};

let world: ApiWorld;
const keys = new Map<KeyRole, string>();

beforeAll(async () => {
  world = await startApiWorld({ mailboxDirectory: '/nonexistent' });
  for (const role of KEY_ROLES) {
    const given = { name: role, role, createdBy: 'a test', expiresAt: null };
    keys.set(role, (await createApiKey(world.deps.db, given, world.time.now)).key);
  }
});
afterAll(() => world.stop());

/** As a stranger on another machine asks, who sees no mails for being here. */
const headers = { host: 'shop.example' };

async function statusOf(route: string, key: string | undefined): Promise<number> {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replaceAll(/:\w+/g, 'none');
  const body = method === 'GET' || method === 'DELETE' ? undefined : {};
  const answer = await world.call(method, path, {
    headers,
    ...(key !== undefined && { key }),
    ...(body !== undefined && { body }),
  });
  return answer.status;
}

describe('every route', () => {
  it('stands in the table of who may call it', () => {
    const found = routesOf(createApi(world.deps).router as unknown as Layers);
    expect(found.toSorted()).toEqual(Object.keys(ROUTES).toSorted());
  });

  it.each(Object.entries(ROUTES))('%s lets in those who may call it: %s', async (route, least) => {
    for (const role of KEY_ROLES) {
      const allowed = least === 'everybody' || least.some((asked) => includesRole(role, asked));
      const status = await statusOf(route, keys.get(role));
      expect([role, allowed ? 'let in' : 'refused', status]).toEqual([
        role,
        [401, 403].includes(status) ? 'refused' : 'let in',
        allowed ? status : 403,
      ]);
      expect(status).not.toBe(500);
    }
    for (const key of [undefined, '', 'nonsense', `tl_admin_${'A'.repeat(43)}`]) {
      const status = await statusOf(route, key);
      if (least === 'everybody') expect([401, 403]).not.toContain(status);
      else expect(status).toBe(401);
    }
  });
});

describe('roles', () => {
  it('include what is less, and nothing beside it', () => {
    const included = (has: KeyRole) => KEY_ROLES.filter((asked) => includesRole(has, asked));
    expect(included('ingest')).toEqual(['ingest']);
    expect(included('read')).toEqual(['read']);
    expect(included('operate')).toEqual(['read', 'operate']);
    expect(included('admin')).toEqual(KEY_ROLES);
  });

  it('are known by name only', () => {
    expect(roleNamed('operate')).toBe('operate');
    expect(() => roleNamed('root')).toThrow(/Found the role 'root'; expected one of ingest, read/);
  });
});

interface Layers {
  readonly stack: readonly {
    readonly route?: {
      readonly path: string;
      readonly stack: readonly { readonly method?: string }[];
    };
    readonly handle?: Partial<Layers>;
  }[];
}

/** What Express would answer, as METHOD and path; preflights ask for no key and change nothing. */
function routesOf(layers: Layers): readonly string[] {
  return layers.stack.flatMap(({ route, handle }) => {
    if (route === undefined) return handle?.stack === undefined ? [] : routesOf(handle as Layers);
    const methods = route.stack.flatMap(({ method }) => (method === undefined ? [] : [method]));
    return [...new Set(methods)]
      .filter((method) => method !== 'options')
      .map((method) => `${method.toUpperCase()} ${route.path}`);
  });
}
