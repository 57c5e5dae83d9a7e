import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedStack, type EmbeddedStackOptions } from '../../src/embedded/embedded-stack';
import { testCacheDir } from '../support/stack';
import { temporaryFolder } from './temporary-folder';

const home = join(temporaryFolder(), '.throughline');
const options: EmbeddedStackOptions = {
  home,
  cacheDir: testCacheDir,
  temporalCli: process.env['TEMPORAL_CLI'],
  pathVariable: process.env['PATH'] ?? '',
  namespace: 'default',
  searchAttributes: { CustomerId: 'Keyword' },
  log: () => undefined,
};

describe('startEmbeddedStack', () => {
  it('tells other processes where it runs, refuses a second start, and goes on after a stop', async () => {
    const stack = await startEmbeddedStack(options);
    const file = join(home, 'running.json');
    try {
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
        pid: process.pid,
        databaseUrl: stack.databaseUrl,
        temporalAddress: stack.temporalAddress,
        temporalUiUrl: stack.temporalUiUrl,
      });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      await expect(startEmbeddedStack(options)).rejects.toThrow(
        `${home} is in use by process ${process.pid}: expected one system to a home. ` +
          'Stop that process, or set THROUGHLINE_HOME to another folder.',
      );
    } finally {
      await stack.stop();
    }
    expect(existsSync(file)).toBe(false);
    const again = await startEmbeddedStack({ ...options, temporalAddress: '127.0.0.1:7233' });
    await again.stop();
    expect(again.databaseUrl).toBe(stack.databaseUrl);
  });

  it('takes over the lock of a process that was killed, also when its pid is in use again', async () => {
    const given = { ...options, databaseUrl: 'postgres://given', temporalAddress: 'given:7233' };
    for (const holder of [
      { pid: 2 ** 22 - 1, start: '1' },
      { pid: process.pid, start: 'another time' },
    ]) {
      writeFileSync(join(home, 'lock'), JSON.stringify(holder));
      const stack = await startEmbeddedStack(given);
      expect(stack).toMatchObject({ databaseUrl: 'postgres://given' });
      await stack.stop();
    }
  });

  it('leaves nothing running when one part does not start', async () => {
    const broken = { ...options, temporalCli: join(home, 'nowhere') };
    await expect(startEmbeddedStack(broken)).rejects.toThrow('TEMPORAL_CLI');
    expect(existsSync(join(home, 'lock'))).toBe(false);
    expect(existsSync(join(home, 'postgres', 'lock'))).toBe(false);
    expect(existsSync(join(home, 'postgres', 'data', 'postmaster.pid'))).toBe(false);
  });

  it('names THROUGHLINE_HOME when the home cannot be written', async () => {
    const file = join(home, 'a-file');
    writeFileSync(file, '');
    mkdirSync(join(home, 'x'), { recursive: true });
    const start = startEmbeddedStack({ ...options, home: join(file, 'home') });
    await expect(start).rejects.toThrow('set THROUGHLINE_HOME to another folder');
  });
});
