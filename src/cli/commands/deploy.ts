import { Command } from 'commander';
import { readConfig } from '../../config';
import { withDefaultApp } from '../default-app';
import type { DeployCommandOptions } from '../deploy';
import { load } from '../load';

export const deployCommand = new Command('deploy')
  .description('make this version of the workers the current one (needs THROUGHLINE_DEPLOYMENT)')
  .option('--build-id <id>', 'another version, such as an earlier one to roll back to')
  .option('--ramp <percent>', 'move only this share of workflows to it')
  .action((options: DeployCommandOptions) =>
    load.deploy().deploy(withDefaultApp(readConfig()), options),
  );
