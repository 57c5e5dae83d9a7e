import { Command } from 'commander';
import { readConfig } from '../../config';
import { withDefaultApp } from '../default-app';
import { load } from '../load';

export const apiCommand = new Command('api')
  .description('serve the HTTP API; any number may run')
  .action(() => load.api().runApi(withDefaultApp(readConfig())));
