import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, readConfig, requireFor, VARIABLES, type ProcessRole } from '../src/config';

const ROLES = ['migrate', 'api', 'relay', 'worker'] as const satisfies readonly ProcessRole[];

/** The rows of the one table in docs/configuration.md. */
const documented = readFileSync(join(__dirname, '..', 'docs', 'configuration.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, name = '', defaultValue = '', , usedBy = '']) => ({
    name: name.replaceAll('`', ''),
    // An en dash stands for "none".
    defaultValue: defaultValue === '–' ? undefined : defaultValue.replaceAll('`', ''),
    usedBy,
  }));

function failureOf(work: () => unknown): ConfigError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Expected a ConfigError; nothing was thrown.');
}

describe('docs/configuration.md', () => {
  it('has one row for each variable, in the order of config.ts', () => {
    expect(documented.map(({ name }) => name)).toEqual(VARIABLES);
  });

  it('shows the default of each variable', () => {
    const { searchPath: _path, cacheDir: _cache, variables: _all, ...defaults } = readConfig({});
    const expected = Object.entries(defaults).filter(([, value]) => value !== undefined);
    const shown = documented.filter(({ defaultValue }) => defaultValue !== undefined);
    expect(Object.fromEntries(shown.map((row) => [row.name, row.defaultValue]))).toEqual(
      Object.fromEntries(expected.map(([name, value]) => [name, String(value)])),
    );
  });

  it.each(ROLES)('shows the variables that the role %s requires in bold, and no others', (role) => {
    const bold = documented.filter(({ usedBy }) => usedBy.includes(`**${role}**`));
    const { message } = failureOf(() => requireFor(role, readConfig({})));
    const needs = /needs ([A-Z_, ]+)/
      .exec(message)?.[1]
      ?.split(', ')
      .map((name) => name.trim());
    expect(bold.map(({ name }) => name).toSorted()).toEqual(needs?.filter(Boolean).toSorted());
  });

  it('names only existing roles', () => {
    for (const { usedBy } of documented) {
      for (const role of usedBy.replaceAll('*', '').split(', ')) {
        expect(['embedded', ...ROLES]).toContain(role);
      }
    }
  });
});

describe('readConfig', () => {
  it('requires no variable', () => {
    expect(readConfig({})).toMatchObject({ PORT: 3000, THROUGHLINE_HOME: '.throughline' });
  });

  it('treats an empty variable as unset', () => {
    const empty = Object.fromEntries(VARIABLES.map((name) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  it('reads numbers, flags and addresses', () => {
    const config = readConfig({
      PORT: '8080',
      DATABASE_URL: 'postgresql://u:p@db/shop',
      EMAIL_RATE: '2.5',
      TEMPORAL_TLS: '1',
      WEBHOOK_ALLOW_PRIVATE: 'false',
    });
    expect(config).toMatchObject({
      PORT: 8080,
      DATABASE_URL: 'postgresql://u:p@db/shop',
      EMAIL_RATE: 2.5,
      TEMPORAL_TLS: true,
      WEBHOOK_ALLOW_PRIVATE: false,
    });
  });

  it('finds executables on PATH, and stores downloads in the cache of HOME', () => {
    expect(readConfig({ PATH: '/bin:/usr/bin', HOME: '/home/ada' })).toMatchObject({
      searchPath: '/bin:/usr/bin',
      cacheDir: '/home/ada/.cache/throughline',
    });
    const elsewhere = readConfig({ HOME: '/home/ada', THROUGHLINE_CACHE: '/var/cache/t' });
    expect(elsewhere.cacheDir).toBe('/var/cache/t');
  });

  it.each([
    ['PORT', 'http', '"http"'],
    ['PORT', '70000', '"70000"'],
    ['DATABASE_URL', 'mysql://root@db/shop', "expected a URL such as 'postgres://"],
    ['DATABASE_CONNECTIONS', '1', '"1"'],
    ['TEMPORAL_TLS', 'yes', '"yes"'],
    ['SMTP_URL', 'mail.example:25', "expected a URL such as 'smtp://"],
    ['EMAIL_RATE', '0', '"0"'],
    ['WEBHOOK_URL', 'not a url', '9 characters'],
    ['THROUGHLINE_WRITE_KEY', 'short', 'expected at least 8 characters'],
    ['THROUGHLINE_SIGNING_KEY', 'too short to sign', 'expected at least 32 characters'],
    ['THROUGHLINE_PUBLIC_URL', 'shop', '4 characters'],
    ['LOG_LEVEL', 'loud', '"loud"'],
  ])('explains why %s=%s is invalid', (name, value, expected) => {
    const { message } = failureOf(() => readConfig({ [name]: value }));
    const [heading, line, ...rest] = message.split('\n');
    expect(heading).toBe('The environment cannot be used.');
    expect(line).toMatch(new RegExp(`^${name}: found .+; .+\\.$`));
    expect(line).toContain(expected);
    expect(rest).toEqual([]);
  });

  it('lists all invalid variables, one per line', () => {
    const { message } = failureOf(() => readConfig({ PORT: 'x', LOG_LEVEL: 'y', EMAIL_RATE: 'z' }));
    const named = message
      .split('\n')
      .slice(1)
      .map((line) => line.split(':')[0]);
    expect(named).toEqual(['PORT', 'EMAIL_RATE', 'LOG_LEVEL']);
  });

  it.each(VARIABLES.filter((name) => /KEY|SECRET|URL/.test(name)))(
    'never repeats the value of %s, which may be a secret',
    (name) => {
      const secret = '\u0000hunter2 https';
      for (const value of [secret, ` ${secret}`, 'hunter2']) {
        const message = failureOf(() => readConfig({ [name]: value, PORT: 'wrong' })).message;
        expect(message).toContain('PORT');
        expect(message).not.toContain('hunter2');
      }
    },
  );
});

describe('requireFor', () => {
  const complete = {
    DATABASE_URL: 'postgres://u:p@db/shop',
    TEMPORAL_ADDRESS: 'temporal:7233',
    THROUGHLINE_WRITE_KEY: 'write-key',
    THROUGHLINE_ADMIN_KEY: 'admin-key',
    THROUGHLINE_SIGNING_KEY: 'a-signing-key-of-thirty-two-chars!',
    THROUGHLINE_PUBLIC_URL: 'https://shop.example',
  };

  it.each(ROLES)('accepts the role %s with all required variables', (role) => {
    expect(() => requireFor(role, readConfig(complete))).not.toThrow();
  });

  it.each(ROLES)('rejects the role %s without a database, with instructions', (role) => {
    const { message } = failureOf(() =>
      requireFor(role, readConfig({ ...complete, DATABASE_URL: '' })),
    );
    expect(message).toMatch(new RegExp(`^'throughline ${role}' needs DATABASE_URL\\b`));
    expect(message).toMatch(/Set them, or run 'throughline start'/);
  });

  it('lists the missing variables only', () => {
    const config = readConfig({ DATABASE_URL: complete.DATABASE_URL });
    const { message } = failureOf(() => requireFor('worker', config));
    expect(message).toContain(
      'needs TEMPORAL_ADDRESS, THROUGHLINE_SIGNING_KEY, THROUGHLINE_PUBLIC_URL',
    );
    expect(message).not.toContain('DATABASE_URL');
  });
});
