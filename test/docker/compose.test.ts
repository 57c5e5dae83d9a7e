import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, requireFor, VARIABLES, type ProcessRole } from '../../src/config';
import { readComposeFile, readRepositoryFile, ROOT, textsIn } from './compose-file';
import { interpolate, referencesIn } from './interpolate';

const { services, volumes } = readComposeFile();
const { version, engines } = JSON.parse(readRepositoryFile('package.json')) as {
  version: string;
  engines: { node: string };
};

const OURS = ['migrate', 'api', 'relay', 'worker'] as const satisfies readonly ProcessRole[];
const ONE_SHOT = ['migrate', 'temporal-schema', 'temporal-namespace'];
const SECRET = /PASSWORD|PWD|SECRET|KEY/;

/** Secrets as somebody would make them, and nothing else. */
const FILLED_IN: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: 'a1b2c3d4e5f60718293a4b5c',
  THROUGHLINE_WRITE_KEY: 'write-0123456789abcdef',
  THROUGHLINE_ADMIN_KEY: 'admin-0123456789abcdef',
  THROUGHLINE_SIGNING_KEY: '0123456789abcdef0123456789abcdef0123456789abcdef',
};

const names = Object.keys(services);
const longRunning = names.filter((name) => !ONE_SHOT.includes(name));
const service = (name: string) => {
  const found = services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}.`);
  return found;
};

function environmentOf(name: string, env: Readonly<Record<string, string>> = FILLED_IN) {
  return Object.fromEntries(
    Object.entries(service(name).environment ?? {}).map(([variable, value]) => [
      variable,
      interpolate(value, (reference) => env[reference]),
    ]),
  );
}

function publishedPorts(name: string) {
  return (service(name).ports ?? []).map((port) => {
    const [host, published, target] = interpolate(port, () => undefined).split(':');
    return { host, published: Number(published), target: Number(target) };
  });
}

/** The commands of the CLI: main.ts registers a file for each. */
const commands = [
  ...readRepositoryFile('src/cli/main.ts').matchAll(/from '\.\/commands\/([a-z-]+)'/g),
].map((match) => match[1]);

describe('docker-compose.yml', () => {
  it.each(OURS)('runs %s by a command that the CLI has', (name) => {
    expect(commands).toContain(name);
    expect(service(name).command).toEqual([name]);
  });

  it.each(OURS)('gives %s only variables that config.ts knows', (name) => {
    const unknown = Object.keys(environmentOf(name)).filter((each) => !VARIABLES.includes(each));
    expect(unknown).toEqual([]);
  });

  it.each(OURS)(
    'gives %s everything that its role requires, in values that can be read',
    (name) => {
      const config = readConfig(environmentOf(name));
      expect(() => requireFor(name, config)).not.toThrow();
    },
  );

  it.each(OURS)('keeps from %s the keys that its role has no use for', (name) => {
    const keys = Object.keys(environmentOf(name)).filter((each) =>
      /_(WRITE|ADMIN|READ)_KEY/.test(each),
    );
    expect(keys.length > 0).toBe(name === 'api');
    const signs = 'THROUGHLINE_SIGNING_KEY' in environmentOf(name);
    expect(signs).toBe(name === 'api' || name === 'worker');
  });

  it('runs our roles from the one image that is built here, under the version of the package', () => {
    expect(OURS.filter((name) => service(name).build !== undefined)).toEqual(['migrate']);
    for (const name of OURS) expect(service(name).image).toBe(`throughline:${version}`);
  });

  it('pins every image to an exact version', () => {
    for (const name of names)
      expect(service(name).image).toMatch(/^[\w./-]+:v?\d+\.\d+(\.\d+)?(-\w+)?$/);
    const server = service('temporal').image.split(':')[1];
    expect(service('temporal-schema').image).toBe(`temporalio/admin-tools:${server}`);
    expect(service('temporal-namespace').image).toBe(`temporalio/admin-tools:${server}`);
  });

  it('has no default for any secret and no secret written out', () => {
    for (const { name, operator, operand } of textsIn(services).flatMap(referencesIn)) {
      // An optional secret, such as the read key, may be empty, but has no other default.
      const allowed = operator === ':?' || (operator === ':-' && operand === '');
      if (SECRET.test(name) && !allowed) throw new Error(`${name} has a default: ${operand}`);
    }
    for (const name of names) {
      const secrets = Object.entries(service(name).environment ?? {}).filter(([variable]) =>
        SECRET.test(variable),
      );
      for (const [, value] of secrets) expect(value).toMatch(/^\$\{[^{}]+\}$/);
    }
  });

  it('has no default for a secret that a role requires', () => {
    const references = textsIn(services).flatMap(referencesIn);
    for (const secret of Object.keys(FILLED_IN)) {
      const operators = references
        .filter(({ name }) => name === secret)
        .map((each) => each.operator);
      expect(new Set(operators)).toEqual(new Set([':?']));
    }
  });

  it.each(Object.keys(FILLED_IN))(
    'refuses to start without %s, and says where to set it',
    (secret) => {
      const env = { ...FILLED_IN, [secret]: '' };
      const fillInAll = () => {
        for (const text of textsIn(services)) interpolate(text, (name) => env[name]);
      };
      expect(fillInAll).toThrow(`set ${secret} in .env`);
    },
  );

  it('finds every variable that it refers to in .env.example, where each is empty', () => {
    const lines = readRepositoryFile('.env.example')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const referred = textsIn(services).flatMap(referencesIn);
    expect(lines.toSorted()).toEqual(
      [...new Set(referred.map(({ name }) => `${name}=`))].toSorted(),
    );
  });

  it('opens ports on loopback only, under the numbers that config.ts has as defaults', () => {
    const { PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT } = readConfig({});
    expect(publishedPorts('api')).toEqual([{ host: '127.0.0.1', published: PORT, target: PORT }]);
    expect(publishedPorts('temporal')).toEqual([
      { host: '127.0.0.1', published: TEMPORAL_PORT, target: TEMPORAL_PORT },
    ]);
    expect(publishedPorts('temporal-ui')).toMatchObject([
      { host: '127.0.0.1', published: TEMPORAL_UI_PORT },
    ]);
    for (const { host } of names.flatMap(publishedPorts)) expect(host).toBe('127.0.0.1');
  });

  it('leads our roles to the services that they use', () => {
    const { PORT, TEMPORAL_PORT } = readConfig({});
    expect(readConfig(environmentOf('api'))).toMatchObject({ PORT, HOST: '0.0.0.0' });
    for (const name of ['api', 'relay', 'worker']) {
      expect(environmentOf(name)['TEMPORAL_ADDRESS']).toBe(`temporal:${TEMPORAL_PORT}`);
      expect(environmentOf(name)['TEMPORAL_NAMESPACE']).toBe(
        environmentOf('temporal-namespace')['NAMESPACE'],
      );
    }
    const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD } = environmentOf('postgres');
    for (const name of OURS) {
      expect(environmentOf(name)['DATABASE_URL']).toBe(
        `postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@postgres:5432/${POSTGRES_DB}`,
      );
    }
    expect(environmentOf('worker')['SMTP_URL']).toBe('smtp://mail:1025');
  });

  it('leads customers to the port that is published, also when it is another one', () => {
    const publicUrl = (env: Readonly<Record<string, string>>) =>
      environmentOf('worker', { ...FILLED_IN, ...env })['THROUGHLINE_PUBLIC_URL'];
    expect(publicUrl({})).toBe('http://localhost:3000');
    expect(publicUrl({ PORT: '8080' })).toBe('http://localhost:8080');
    expect(publicUrl({ THROUGHLINE_PUBLIC_URL: 'https://shop.example' })).toBe(
      'https://shop.example',
    );
  });

  it('passes the deployment and the build id to the workers, and turns versioning off by default', () => {
    const versioning = { THROUGHLINE_DEPLOYMENT: 'shop', THROUGHLINE_BUILD_ID: '2026.11.1' };
    const worker = environmentOf('worker', { ...FILLED_IN, ...versioning });
    expect(readConfig(worker)).toMatchObject(versioning);
    expect(readConfig(environmentOf('worker')).THROUGHLINE_DEPLOYMENT).toBeUndefined();
  });

  it('keeps Temporal in databases of its own on the same Postgres', () => {
    expect(environmentOf('temporal')).toMatchObject({
      DB: 'postgres12',
      POSTGRES_SEEDS: 'postgres',
      DBNAME: 'temporal',
      VISIBILITY_DBNAME: 'temporal_visibility',
    });
    expect(readRepositoryFile('docker/temporal/setup-schema.sh')).toMatch(
      /database=temporal ;;[^]*database=temporal_visibility ;;/,
    );
  });

  it.each(longRunning)('checks the health of %s and starts it again when it ends', (name) => {
    const { test = [] } = service(name).healthcheck ?? {};
    expect(test[0]).toBe('CMD');
    expect(test.filter((word) => typeof word !== 'string')).toEqual([]);
    expect(service(name).restart).toBe('unless-stopped');
  });

  it.each(ONE_SHOT)('runs %s once, and again only when it fails', (name) => {
    expect(service(name).healthcheck).toBeUndefined();
    expect(service(name).restart).toMatch(/^on-failure:\d+$/);
  });

  it('waits for services that there are, in the way that each can be waited for', () => {
    for (const name of names) {
      for (const [needed, { condition }] of Object.entries(service(name).depends_on ?? {})) {
        expect(names).toContain(needed);
        expect(`${needed}: ${condition}`).toBe(
          `${needed}: ${ONE_SHOT.includes(needed) ? 'service_completed_successfully' : 'service_healthy'}`,
        );
      }
    }
  });

  it('mounts only volumes that it declares and folders that there are', () => {
    for (const volume of names.flatMap((name) => service(name).volumes ?? [])) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(join(ROOT, source))).toBe(true);
      else expect(Object.keys(volumes)).toContain(source);
    }
    for (const name of names) {
      const script = service(name).command?.find((word) => word.startsWith('/scripts/'));
      if (script !== undefined) {
        expect(existsSync(join(ROOT, 'docker/temporal', script.replace('/scripts/', '')))).toBe(
          true,
        );
      }
    }
  });
});

describe('the health of the roles', () => {
  it('asks the API whether events can be taken and journeys run', () => {
    const test = service('api').healthcheck?.test.join(' ');
    expect(test).toContain(`http://127.0.0.1:${environmentOf('api')['PORT']}/readyz`);
    expect(readRepositoryFile('src/api/routes/health.ts')).toContain("'/readyz'");
  });

  it.each(['relay', 'worker'])(
    'asks for the traces of the %s with a script of the image',
    (name) => {
      expect(service(name).healthcheck?.test).toEqual(['CMD', 'node', 'docker/health.cjs', name]);
    },
  );
});

describe('Dockerfile', () => {
  const dockerfile = readRepositoryFile('Dockerfile');
  const ignored = readRepositoryFile('.dockerignore').split('\n');
  const { bin } = JSON.parse(readRepositoryFile('package.json')) as {
    bin: { throughline: string };
  };

  it('starts the program that the package has as its bin, which the build makes from a source', () => {
    expect(dockerfile).toContain(`ENTRYPOINT ["node", "${bin.throughline}"]`);
    const source = bin.throughline.replace(/^dist\//, '').replace(/\.js$/, '.ts');
    expect(existsSync(join(ROOT, source))).toBe(true);
  });

  it('stands on one exact Node image with glibc that the package allows', () => {
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1] ?? '');
    expect(new Set(images).size).toBe(1);
    const [, major, minor] = /^node:(\d+)\.(\d+)\.\d+-bookworm-slim$/.exec(images[0] ?? '') ?? [];
    const [, minMajor, minMinor] = /^>=(\d+)\.(\d+)\.\d+$/.exec(engines.node) ?? [];
    const image = Number(major) * 1000 + Number(minor);
    expect(image).toBeGreaterThanOrEqual(Number(minMajor) * 1000 + Number(minMinor));
  });

  it('runs as an ordinary user and holds no secret', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).not.toMatch(/^(ENV|ARG) .*(KEY|SECRET|PASSWORD|DATABASE_URL)/m);
  });

  it('sets only variables that config.ts or Node itself knows', () => {
    const set = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = '']) =>
      line.split(' ').map((pair) => pair.split('=')[0] ?? ''),
    );
    expect(set.filter((name) => name !== 'NODE_ENV' && !VARIABLES.includes(name))).toEqual([]);
  });

  it('opens the port that config.ts has as its default', () => {
    expect(dockerfile).toMatch(new RegExp(`^EXPOSE ${readConfig({}).PORT}$`, 'm'));
  });

  it('copies only what there is and what .dockerignore lets through', () => {
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.*)$/gm)].flatMap(([, line = '']) =>
      line.split(' ').slice(0, -1),
    );
    expect(sources).toContain('docker/health.cjs');
    expect(ignored).toContain('*');
    for (const source of sources) {
      expect(existsSync(join(ROOT, source))).toBe(true);
      expect(ignored).toContain(`!${source.replace('./', '')}`);
    }
  });
});
