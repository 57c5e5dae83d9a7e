import { Command } from 'commander';
import { readConfig } from '../../config';
import { withDefaultApp } from '../default-app';
import { load } from '../load';

export const workerCommand = new Command('worker')
  .description('run journeys and deliver messages')
  .option('--channel <channel...>', 'deliver on these channels only, and run no journeys')
  .action((options: { channel?: string[] }) =>
    load.worker().runWorker(withDefaultApp(readConfig()), options.channel),
  );
