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
    'the field that a column contains; COLUMN= ignores the column; may be repeated',
    (each: string, earlier: readonly string[]) => [...earlier, each],
    [],
  )
  .option('--trigger', 'let the rows trigger journeys as if they had just been sent')
  .option('--dry-run', 'only report what would be rejected')
  .description('store the rows of a file; resumes where it was interrupted')
  .addHelpText(
    'after',
    '\nExit codes: 0 if every row was stored, 2 if some were rejected (FILE.rejects.csv lists them\nwith the reason), 130 if it was interrupted, 1 for any other error.',
  )
  .action((kind: string, file: string, options: ImportCommandOptions) =>
    load.import().runImport(withDefaultApp(readConfig()), kind, file, options),
  );
