import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  provideServerBinaries,
  whyNotBuilt,
  type ProvideBinariesOptions,
} from '../../dev/temporal-cluster/server-binaries';
import { temporaryFolder } from './temporary-folder';

const folder = temporaryFolder();
let cases = 0;

/** A cache of its own, and a program called `go` first on the PATH: a real build takes minutes. */
function withGo(script: string): ProvideBinariesOptions & { readonly calls: () => string[] } {
  const cacheDir = join(folder, `cache-${(cases += 1)}`);
  const programs = join(folder, `programs-${cases}`);
  mkdirSync(programs);
  const calls = join(programs, 'calls');
  writeFileSync(join(programs, 'go'), `#!/bin/sh\necho "$@" >> ${calls}\n${script}`, {
    mode: 0o755,
  });
  return {
    cacheDir,
    pathVariable: [programs, process.env['PATH']].join(delimiter),
    log: () => undefined,
    calls: () => readFileSync(calls, 'utf8').trim().split('\n'),
  };
}

const BUILDS = `
if [ "$1" = mod ]; then echo '{"Dir": "${folder}"}'; exit; fi
while [ "$1" != -o ]; do shift; done
sleep 0.3
echo built > "$2"
`;

describe('provideServerBinaries', () => {
  it('builds once for all who ask at the same time', async () => {
    const options = withGo(BUILDS);
    expect(whyNotBuilt(options.cacheDir)).toContain('npm run cluster -- --build');
    const [first, second] = await Promise.all([
      provideServerBinaries(options),
      provideServerBinaries(options),
    ]);
    expect(second).toEqual(first);
    expect(readFileSync(first.server, 'utf8')).toBe('built\n');
    expect(options.calls().map((call) => call.split(' ')[0])).toEqual(['mod', 'build', 'build']);
    expect(whyNotBuilt(options.cacheDir)).toBeUndefined();
  });

  it('says what Go said when a build fails, and builds anew at the next call', async () => {
    const options = withGo(`echo 'go.mod requires go >= 1.26.8' >&2; exit 1`);
    await expect(provideServerBinaries(options)).rejects.toThrow(
      /^go mod download .* failed \(code 1\).*It said:\ngo\.mod requires go >= 1\.26\.8$/s,
    );
    await expect(provideServerBinaries(options)).rejects.toThrow('requires go');
  });

  it('ends a build that is no longer wanted', async () => {
    const options = withGo('exec sleep 60');
    const signal = AbortSignal.timeout(300);
    await expect(provideServerBinaries({ ...options, signal })).rejects.toThrow('aborted');
  });

  it('asks for Go where there is none', async () => {
    const options = { ...withGo(BUILDS), pathVariable: '' };
    await expect(provideServerBinaries(options)).rejects.toThrow(
      'Go was not found on PATH: expected it, to build the Temporal server',
    );
  });
});
