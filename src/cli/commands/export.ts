import { Command } from 'commander';
import { readConfig } from '../../config';
import type { ExportCommandOptions } from '../export';
import { load } from '../load';

export const exportCommand = new Command('export')
  .argument('<kind>', 'customers, events, consents, messages, decisions or orders')
  .argument('<file>', 'the target: .csv, .json or .ndjson, gzipped with .gz; - is standard output')
  .option('--since <time>', 'only rows from this time on')
  .option('--until <time>', 'only rows before this time')
  .option('--journey <name>', 'only messages and decisions of this journey')
  .option('--event <name>', 'only events of this name')
  .option('--customer <customer>', "a customer's id, user id, user_id:…, anonymous_id:… or email:…")
  .option('--format <format>', 'csv, json or ndjson, whatever the name of the file')
  .description('write rows to a file that an import can read')
  .action((kind: string, file: string, options: ExportCommandOptions) =>
    load.export().runExport(readConfig(), kind, file, options),
  );
