import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  bundleWorkflowCode,
  Runtime,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';

/**
 * The workflow code for a worker, with a name for this build of it. The name stands in two events of
 * each workflow task for as long as a history is kept; the SDK's own takes 91 bytes of each.
 *
 * @param bundled code that was bundled before; without it, it is bundled now (some seconds)
 * @param failureConverterPath what failures go through in the sandbox, where it is not the usual
 */
export async function workflowCode(
  workflowsPath: string,
  bundled?: WorkflowBundleOption,
  failureConverterPath?: string,
): Promise<Pick<WorkerOptions, 'workflowBundle' | 'buildId'>> {
  const workflowBundle =
    bundled ??
    (await bundleWorkflowCode({
      workflowsPath,
      logger: Runtime.instance().logger,
      ...(failureConverterPath !== undefined && { failureConverterPath }),
    }));
  const code =
    'code' in workflowBundle ? workflowBundle.code : await readFile(workflowBundle.codePath);
  return { workflowBundle, buildId: createHash('sha256').update(code).digest('hex').slice(0, 12) };
}
