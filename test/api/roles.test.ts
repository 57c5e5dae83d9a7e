import type { Route } from '../../src/api/contract/route';
import { ROUTES } from '../../src/api/contract/routes';
import { createApi } from '../../src/api/server';
import { createApiKey } from '../../src/db/stores/api-keys';
import { includesRole, KEY_ROLES, roleNamed, type KeyRole } from '../../src/domain/access/key-role';
import { startApiWorld, type ApiWorld } from './api-world';

/** The routes that need no key. One more has to be added here, after thinking about it. */
const OPEN = [
  'GET /',
  'GET /healthz',
  'GET /openapi.json',
  'GET /readyz',
  'GET /reference',
  // Signed by the provider.
  'GET /v1/callbacks/:provider',
  'POST /v1/callbacks/:provider',
  // Behind links in messages, which are signed.
  'GET /confirm/:token',
  'GET /preferences/:token',
  'GET /preferences/:token/why',
  'GET /preferences/renew',
  'GET /unsubscribe/:token',
  'POST /confirm/:token',
  'POST /preferences/:token',
  'POST /preferences/renew',
  'POST /unsubscribe/:token',
];

/** The codec is only there where payloads are encrypted. */
const routes = ROUTES.filter(({ path }) => !path.startsWith('/codec'));
const nameOf = ({ method, path }: Route) => `${method} ${path}`;

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
  it('is registered by its declaration, and by nothing else', () => {
    const found = registeredIn(createApi(world.deps).router as unknown as Layers);
    expect(found.toSorted()).toEqual(routes.map(nameOf).toSorted());
  });

  it('requires a key, unless it is public', () => {
    const open = ROUTES.filter(({ roles }) => roles === 'everybody');
    expect(open.map(nameOf).toSorted()).toEqual(OPEN.toSorted());
  });

  it.each(routes.map((route) => [nameOf(route), route.roles] as const))(
    '%s allows %s',
    async (route, least) => {
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
    },
  );
});

describe('roles', () => {
  it('include lesser roles, and nothing else', () => {
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
function registeredIn(layers: Layers): readonly string[] {
  return layers.stack.flatMap(({ route, handle }) => {
    if (route === undefined)
      return handle?.stack === undefined ? [] : registeredIn(handle as Layers);
    const methods = route.stack.flatMap(({ method }) => (method === undefined ? [] : [method]));
    return [...new Set(methods)]
      .filter((method) => method !== 'options')
      .map((method) => `${method.toUpperCase()} ${route.path}`);
  });
}
