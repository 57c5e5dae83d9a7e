import type { WorkerOptions } from '@temporalio/worker';
import { buildIdOf, type WorkflowCode } from './workflow-code';

/** The worker versioning of Temporal; see docs/running.md. */
export interface Versioning {
  /** The name of the worker deployment; by default worker versioning is off. */
  readonly deployment?: string | undefined;
  /** By default a hash of the workflow code. */
  readonly buildId?: string | undefined;
}

/**
 * Returns the version of a worker. With versioning, all workers of a build have the same one, since a
 * deployment has one current version; running journeys move to it (`AUTO_UPGRADE`), so changes need
 * `patched` and replay tests.
 *
 * Without versioning only the build id is sent, for the Web UI. It is short, since two events of every
 * workflow task contain it.
 *
 * @param own the code of this worker
 * @param all the code of all workers of the build
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
