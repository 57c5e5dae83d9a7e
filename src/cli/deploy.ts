import { ConfigError, requireFor, type Config } from '../config';
import { deployVersion } from '../roles/deploy';
import { lazyClient } from '../roles/lazy-client';
import { loadApp } from '../roles/load-app';
import { temporalAddress } from '../roles/temporal-address';
import { buildIdOf, journeyCode, systemCode } from '../roles/workflow-code';
import { runningSystem } from './running-system';

export interface DeployCommandOptions {
  readonly buildId?: string;
  readonly ramp?: string;
}

/** `throughline deploy` */
export async function deploy(given: Config, options: DeployCommandOptions): Promise<void> {
  const config = {
    ...given,
    TEMPORAL_ADDRESS: given.TEMPORAL_ADDRESS ?? runningSystem(given)?.temporalAddress,
  };
  requireFor('deploy', config);
  const deployment = config.THROUGHLINE_DEPLOYMENT as string;
  const ramp = options.ramp === undefined ? undefined : percentage(options.ramp);
  const buildId = options.buildId ?? config.THROUGHLINE_BUILD_ID ?? (await buildIdOfApp(config));
  const { client, close } = lazyClient(await temporalAddress(config));
  try {
    const previous = await deployVersion(await client(), { deployment, buildId, ramp });
    process.stdout.write(
      ramp === undefined
        ? `Build ${buildId} of ${deployment} is current${previous === null || previous === buildId ? '' : `; it replaces ${previous}`}.\n`
        : `Build ${buildId} of ${deployment} gets ${ramp} % of the workflows; ${previous ?? 'no build'} is current.\n`,
    );
  } finally {
    await close();
  }
}

/** The build id that workers of this application compute. */
async function buildIdOfApp(config: Config): Promise<string> {
  const { workflowsPath } = loadApp(config.THROUGHLINE_APP);
  const encrypted = config.THROUGHLINE_PAYLOAD_KEYS !== undefined;
  return buildIdOf([await journeyCode(workflowsPath, encrypted), await systemCode(encrypted)]);
}

function percentage(text: string): number {
  const value = Number(text);
  if (value >= 0 && value <= 100) return value;
  throw new ConfigError(`Found --ramp ${text}; expected a percentage from 0 to 100.`);
}
