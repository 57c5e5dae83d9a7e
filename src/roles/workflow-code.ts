import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { ENCODED_FAILURES } from '../privacy/codec-from-keys';
import { bundleWorkflows, journeysOf, type BundleRequest } from './bundle-workflows';

const SYSTEM_WORKFLOWS = require.resolve('../system/workflows');

export interface WorkflowCode {
  readonly workflowBundle: WorkflowBundleOption;
  /** A hash of the code, 12 hexadecimal digits. */
  readonly hash: string;
}

/**
 * Returns the code of the application's and the engine's journeys, which share a task queue.
 *
 * @param encrypted whether payloads are encrypted, which needs another failure converter
 * @param bundled the bundled code; by default it is bundled now (some seconds)
 */
export function journeyCode(
  applicationPath: string,
  encrypted: boolean,
  bundled?: WorkflowBundleOption,
): Promise<WorkflowCode> {
  return toCode(journeysOf(applicationPath), encrypted, bundled);
}

/** The code of the engine's system workflows. */
export function systemCode(encrypted: boolean): Promise<WorkflowCode> {
  return toCode({ workflowsPath: SYSTEM_WORKFLOWS }, encrypted);
}

async function toCode(
  request: BundleRequest,
  encrypted: boolean,
  bundled?: WorkflowBundleOption,
): Promise<WorkflowCode> {
  const workflowBundle =
    bundled ??
    (await bundleWorkflows({
      ...request,
      ...(encrypted && { failureConverterPath: ENCODED_FAILURES }),
    }));
  const code =
    'code' in workflowBundle ? workflowBundle.code : await readFile(workflowBundle.codePath);
  return { workflowBundle, hash: hashOf(code) };
}

/** The default build id of workers with this code. */
export function buildIdOf(codes: readonly WorkflowCode[]): string {
  return hashOf(codes.map(({ hash }) => hash).join());
}

function hashOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
