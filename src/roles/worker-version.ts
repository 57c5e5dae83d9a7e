import type { WorkerOptions } from '@temporalio/worker';
import { buildIdOf, type WorkflowCode } from './workflow-code';

/** How the versions of workers are known to Temporal; see docs/running.md. */
export interface Versioning {
  /** The name of the worker deployment; without it worker versioning is off. */
  readonly deployment?: string | undefined;
  /** By default a hash of the workflow code. */
  readonly buildId?: string | undefined;
}

/**
 * The version of a worker. With versioning on, all workers of a build have the same one, since one
 * version of a deployment is current; journeys that are in flight move to it (`AUTO_UPGRADE`), which is
 * what `patched` and replay tests are for.
 *
 * With versioning off the build id alone is told, for people to see in the Web UI, and as short as may
 * be: it is part of two events of every workflow task of every history.
 *
 * @param own the code of this worker
 * @param all the codes of the whole build
 */
export function workerVersion(
  { deployment, buildId }: Versioning,
  own: WorkflowCode,
  all: readonly WorkflowCode[],
): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  return {
    workerDeploymentOptions:
      deployment === undefined
        ? {
            version: { deploymentName: '', buildId: buildId ?? own.hash },
            useWorkerVersioning: false,
          }
        : {
            version: { deploymentName: deployment, buildId: buildId ?? buildIdOf(all) },
            useWorkerVersioning: true,
            defaultVersioningBehavior: 'AUTO_UPGRADE',
          },
  };
}
