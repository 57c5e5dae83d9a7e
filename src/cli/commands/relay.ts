import { Command } from 'commander';
import { readConfig } from '../../config';
import { withDefaultApp } from '../default-app';
import { load } from '../load';

export const relayCommand = new Command('relay')
  .description(
    'dispatch the outbox from Postgres to Temporal, and keep profiles and segments up to date',
  )
  .action(() => load.relay().runRelay(withDefaultApp(readConfig())));
