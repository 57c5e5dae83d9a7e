import { Command } from 'commander';
import { readConfig } from '../../config';
import { load } from '../load';

export const migrateCommand = new Command('migrate')
  .description('bring the database schema up to date')
  .action(() => load.migrate().migrate(readConfig()));
