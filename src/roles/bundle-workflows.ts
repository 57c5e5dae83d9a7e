import { spawn } from 'node:child_process';
import type { BundleOptions } from '@temporalio/worker';

export interface BundleRequest extends Pick<BundleOptions, 'failureConverterPath'> {
  /** The module that exports the workflows. */
  readonly workflowsPath: string;
  /** The module that `throughline-application` resolves to. */
  readonly applicationPath?: string;
}

const JOURNEYS = require.resolve('../system/journeys-entry');

/** A request for a bundle of an application's journeys together with the engine's own. */
export function journeysOf(applicationPath: string): BundleRequest {
  return { workflowsPath: JOURNEYS, applicationPath };
}

/** From source, `throughline` must resolve to the SDK in src: a bundle contains one copy of it. */
const CONDITIONS = __filename.endsWith('.ts') ? ['source'] : [];

type Answer = { readonly code: string } | { readonly error: string };

/** The script of the child process; it loads the SDK from the given path. */
const CHILD = `
  const { bundleWorkflowCode, DefaultLogger } = require(process.argv[1]);
  process.once('message', async (request) => {
    const logger = new DefaultLogger('WARN');
    const { conditions, applicationPath, ...options } = request;
    const application = applicationPath && { 'throughline-application$': applicationPath };
    const webpackConfigHook = (config) => ({
      ...config,
      resolve: {
        ...config.resolve,
        alias: { ...config.resolve.alias, ...application },
        conditionNames: [...conditions, '...'],
      },
    });
    const answer = await bundleWorkflowCode({ ...options, logger, webpackConfigHook }).then(
      ({ code }) => ({ code }),
      (error) => ({ error: String(error && error.message || error) }),
    );
    process.send(answer, () => process.disconnect());
  });`;

/**
 * Bundles workflow code (some seconds) in a child process. The 32 MB that the bundler loads would
 * otherwise stay in the worker's heap and prolong every major garbage collection.
 *
 * @throws {Error} if the code cannot be bundled, with the bundler's message
 */
export async function bundleWorkflows(request: BundleRequest): Promise<{ readonly code: string }> {
  const child = spawn(process.execPath, ['-e', CHILD, require.resolve('@temporalio/worker')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answer = await new Promise<Answer>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Answer));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`The bundler exited (${signal ?? `exit ${code}`}).`)),
    );
    child.send({ ...request, conditions: CONDITIONS });
  });
  if ('code' in answer) return { code: answer.code };
  throw new Error(
    `The workflow code ${request.applicationPath ?? request.workflowsPath} cannot be bundled: ${answer.error} Fix the code and start the worker again.`,
  );
}
