import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { WorkerOptions, WorkflowBundleOption } from '@temporalio/worker';
import { bundleWorkflows, type BundleRequest } from './bundle-workflows';

/**
 * The workflow code for a worker, with a name for this build of it. The name stands in two events of
 * each workflow task for as long as a history is kept; the SDK's own takes 91 bytes of each.
 *
 * @param bundled code that was bundled before; without it, it is bundled now (some seconds)
 */
export async function workflowCode(
  request: BundleRequest,
  bundled?: WorkflowBundleOption,
): Promise<Pick<WorkerOptions, 'workflowBundle' | 'buildId'>> {
  const workflowBundle = bundled ?? (await bundleWorkflows(request));
  const code =
    'code' in workflowBundle ? workflowBundle.code : await readFile(workflowBundle.codePath);
  return { workflowBundle, buildId: createHash('sha256').update(code).digest('hex').slice(0, 12) };
}
