import { Command } from 'commander';
import { readConfig } from '../../config';
import { withDefaultApp } from '../default-app';
import { load } from '../load';

export const startCommand = new Command('start')
  .description('run the whole system on this machine: Postgres, Temporal, API, relay and workers')
  .action(() => load.start().start(withDefaultApp(readConfig())));
