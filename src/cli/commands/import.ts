import { Command } from 'commander';
import { readConfig } from '../../config';
import { withDefaultApp } from '../default-app';
import type { ImportCommandOptions } from '../import';
import { load } from '../load';

export const importCommand = new Command('import')
  .argument('<kind>', 'customers, events or consents')
  .argument('<file>', 'a CSV with a header: comma, semicolon or tab; may be gzipped')
  .option(
    '--map <column=field>',
    'which field a column holds; COLUMN= leaves it out; may be repeated',
    (each: string, earlier: readonly string[]) => [...earlier, each],
    [],
  )
  .option('--trigger', 'let the rows trigger journeys as if they had just been sent')
  .option('--dry-run', 'only report what would be rejected')
  .description('store the rows of a file; resumes where it was interrupted')
  .addHelpText(
    'after',
    '\nExits with 0 where every row was stored, with 2 where some were rejected (FILE.rejects.csv\nhas them with the reason), with 130 where it was interrupted, and otherwise with 1.',
  )
  .action((kind: string, file: string, options: ImportCommandOptions) =>
    load.import().runImport(withDefaultApp(readConfig()), kind, file, options),
  );
