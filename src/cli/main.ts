#!/usr/bin/env node
import { Command } from 'commander';
import { readConfig } from '../config';
import { USUAL_OVERLAP } from '../domain/access/overlap';
import { ROLES } from '../domain/access/role';
import { demo } from './demo/demo';
import { createKey, listKeys, revokeKey, rotateKey } from './keys';
import { runExport, type ExportCommandOptions } from './export';
import { runImport, type ImportCommandOptions } from './import';
import { migrate } from './migrate';
import { reportFailure } from './report-failure';
import { runApi, runRelay, runWorker } from './roles';
import { start } from './start';
import { why } from './why';

const program = new Command('throughline')
  .description("One line through all of a customer's channels.")
  .showHelpAfterError('(run it with --help to see what there is)');

program
  .command('start', { isDefault: true })
  .description('run the whole system here: Temporal, Postgres, API, relay and workers')
  .action(() => start(readConfig()));

program
  .command('api')
  .description('take events and answer questions over HTTP')
  .action(() => runApi(readConfig()));

program
  .command('relay')
  .description('carry the outbox from Postgres to Temporal')
  .action(() => runRelay(readConfig()));

program
  .command('worker')
  .description('run journeys and deliver messages')
  .option('--channel <channel...>', 'deliver on these channels only, and run no journeys')
  .action((options: { channel?: string[] }) => runWorker(readConfig(), options.channel));

program
  .command('migrate')
  .description('bring the database schema up to date')
  .action(() => migrate(readConfig()));

program
  .command('why')
  .argument('<customer>', "a customer's id, user id, user_id:…, anonymous_id:… or email:…")
  .description('explain each decision about a customer, and what they wait for')
  .action((customer: string) => why(readConfig(), customer));

program
  .command('demo')
  .description('run a shop through its journeys on a skipped clock')
  .option('--purchases <file>', 'real purchases: a CSV with customer_id, date, quantity, amount')
  .option('--customers <n>', 'at most so many customers')
  .option('--seed <n>', 'the seed of the made shop', '1')
  .action((options: { purchases?: string; customers?: string; seed: string }) =>
    demo(readConfig(), options),
  );

program
  .command('import')
  .argument('<kind>', 'customers, events or consents')
  .argument('<file>', 'a CSV with a line of names: comma, semicolon or tab; may be gzip')
  .option(
    '--map <column=field>',
    'what a column stands for; COLUMN= leaves it out; may be given several times',
    (each: string, before: readonly string[]) => [...before, each],
    [],
  )
  .option('--trigger', 'let the rows reach journeys as if they had just been sent')
  .option('--dry-run', 'only say what would be rejected')
  .description('store the rows of a file; goes on where it was cut off')
  .addHelpText(
    'after',
    '\nEnds with 0 where every row went in, with 2 where some were rejected (they stand in\nFILE.rejects.csv with the reason), with 130 where it was stopped, and otherwise with 1.',
  )
  .action((kind: string, file: string, options: ImportCommandOptions) =>
    runImport(readConfig(), kind, file, options),
  );

program
  .command('export')
  .argument('<kind>', 'customers, events, consents, messages or decisions')
  .argument('<file>', 'where to; .json and .ndjson are known, .gz packs; - is standard output')
  .option('--since <moment>', 'from then on')
  .option('--until <moment>', 'up to then')
  .option('--journey <name>', 'messages and decisions of this journey only')
  .option('--event <name>', 'events of this name only')
  .option('--customer <customer>', "a customer's id, user id, user_id:…, anonymous_id:… or email:…")
  .option('--format <format>', 'csv, json or ndjson, whatever the file is called')
  .description('write rows to a file, which an import can read again')
  .action((kind: string, file: string, options: ExportCommandOptions) =>
    runExport(readConfig(), kind, file, options),
  );

const keys = program.command('keys').description('the API keys in the database');
keys
  .command('list')
  .description('all of them, without what makes them keys')
  .action(() => listKeys(readConfig()));
keys
  .command('create')
  .argument('<name>', 'who will use it, for people to know')
  .requiredOption('--role <role>', `what it may do: ${ROLES.join(', ')}`)
  .option('--expires <moment>', 'good until then; without it for good')
  .description('make a key, which is shown this once')
  .action((name: string, options: { role: string; expires?: string }) =>
    createKey(readConfig(), name, options),
  );
keys
  .command('rotate')
  .argument('<key>', 'its id or its prefix, as in the list')
  .option('--overlap <time>', 'how long the old one stays good; 0 ends it at once', USUAL_OVERLAP)
  .description('make a key of the same name and role beside an old one')
  .action((key: string, options: { overlap: string }) => rotateKey(readConfig(), key, options));
keys
  .command('revoke')
  .argument('<key>', 'its id or its prefix, as in the list')
  .description('end a key for good; holds everywhere within seconds')
  .action((key: string) => revokeKey(readConfig(), key));

program.parseAsync().catch((error: unknown) => {
  reportFailure(error);
  process.exitCode = 1;
});
