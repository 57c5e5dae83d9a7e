#!/usr/bin/env node
import { Command } from 'commander';
import { apiCommand } from './commands/api';
import { demoCommand } from './commands/demo';
import { deployCommand } from './commands/deploy';
import { exportCommand } from './commands/export';
import { importCommand } from './commands/import';
import { keysCommand } from './commands/keys';
import { migrateCommand } from './commands/migrate';
import { relayCommand } from './commands/relay';
import { startCommand } from './commands/start';
import { whyCommand } from './commands/why';
import { workerCommand } from './commands/worker';
import { reportFailure } from './report-failure';

const program = new Command('throughline')
  .description("One line through all of a customer's channels.")
  .showHelpAfterError('(--help lists the commands and options)')
  .addCommand(startCommand, { isDefault: true })
  .addCommand(apiCommand)
  .addCommand(relayCommand)
  .addCommand(workerCommand)
  .addCommand(deployCommand)
  .addCommand(migrateCommand)
  .addCommand(whyCommand)
  .addCommand(demoCommand)
  .addCommand(importCommand)
  .addCommand(exportCommand)
  .addCommand(keysCommand);

program.parseAsync().catch((error: unknown) => {
  reportFailure(error);
  process.exitCode = 1;
});
