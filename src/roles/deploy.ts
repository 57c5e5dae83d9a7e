import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, type Client } from '@temporalio/client';

export interface Deployment {
  /** The name of the worker deployment. */
  readonly deployment: string;
  readonly buildId: string;
  /** Moves only this share of workflows, in percent; by default the version becomes the current one. */
  readonly ramp?: number | undefined;
  /** How long to wait for a worker of the version. Default 60,000. */
  readonly timeoutMs?: number;
}

/** gRPC status codes. */
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

const DEFAULT_TIMEOUT_MS = 60_000;
const RETRY_MS = 500;

/**
 * Makes a version of a worker deployment the current one, or ramps it up. Waits until its workers
 * poll the task queues of the current version.
 *
 * @returns the previous current build id; null if there was none
 * @throws {Error} if no worker of the version polls in time
 */
export async function deployVersion(client: Client, target: Deployment): Promise<string | null> {
  const { deployment, buildId, ramp, timeoutMs = DEFAULT_TIMEOUT_MS } = target;
  const { workflowService: service, options } = client;
  const version = { namespace: options.namespace, deploymentName: deployment, buildId };
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      const described = await service.describeWorkerDeployment({
        namespace: options.namespace,
        deploymentName: deployment,
      });
      const routing = described.workerDeploymentInfo?.routingConfig;
      const previous = routing?.currentDeploymentVersion?.buildId ?? null;
      await (ramp === undefined
        ? service.setWorkerDeploymentCurrentVersion(version)
        : service.setWorkerDeploymentRampingVersion({ ...version, percentage: ramp }));
      return previous;
    } catch (error) {
      if (!isNotPolledYet(error)) throw error;
      if (performance.now() > deadline) {
        throw new Error(
          `Found no worker of build ${buildId} in the deployment ${deployment} within ${timeoutMs / 1000} s (${error.details}). Start the workers of this build with THROUGHLINE_DEPLOYMENT=${deployment}, and run throughline deploy again.`,
          { cause: error },
        );
      }
      await sleep(RETRY_MS);
    }
  }
}

function isNotPolledYet(error: unknown): error is Error & { readonly details: string } {
  if (!isGrpcServiceError(error)) return false;
  const code = error.code as number;
  return code === NOT_FOUND || code === FAILED_PRECONDITION;
}
