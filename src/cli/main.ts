#!/usr/bin/env node
import { Command } from 'commander';
import { readConfig } from '../config';
import { DEFAULT_OVERLAP } from '../domain/access/overlap';
import { KEY_ROLES } from '../domain/access/key-role';
import { withDefaultApp } from './default-app';
import type { ExportCommandOptions } from './export';
import type { ImportCommandOptions } from './import';
import { reportFailure } from './report-failure';

/* oxlint-disable typescript/no-require-imports -- Each command loads what it needs when it is run:
   to make a key takes no workflow engine. `import()` would want the names of compiled files. */
const load = {
  start: () => require('./start') as typeof import('./start'),
  roles: () => require('./roles') as typeof import('./roles'),
  migrate: () => require('./migrate') as typeof import('./migrate'),
  why: () => require('./why') as typeof import('./why'),
  demo: () => require('./demo/demo') as typeof import('./demo/demo'),
  import: () => require('./import') as typeof import('./import'),
  export: () => require('./export') as typeof import('./export'),
  keys: () => require('./keys') as typeof import('./keys'),
};
/* oxlint-enable typescript/no-require-imports */

const program = new Command('throughline')
  .description("One line through all of a customer's channels.")
  .showHelpAfterError('(run it with --help to see what there is)');

program
  .command('start', { isDefault: true })
  .description('run the whole system here: Temporal, Postgres, API, relay and workers')
  .action(() => load.start().start(withDefaultApp(readConfig())));

program
  .command('api')
  .description('take events and answer questions over HTTP')
  .action(() => load.roles().runApi(withDefaultApp(readConfig())));

program
  .command('relay')
  .description('carry the outbox from Postgres to Temporal')
  .action(() => load.roles().runRelay(withDefaultApp(readConfig())));

program
  .command('worker')
  .description('run journeys and deliver messages')
  .option('--channel <channel...>', 'deliver on these channels only, and run no journeys')
  .action((options: { channel?: string[] }) =>
    load.roles().runWorker(withDefaultApp(readConfig()), options.channel),
  );

program
  .command('migrate')
  .description('bring the database schema up to date')
  .action(() => load.migrate().migrate(readConfig()));

program
  .command('why')
  .argument('<customer>', "a customer's id, user id, user_id:…, anonymous_id:… or email:…")
  .description('explain each decision about a customer, and what they wait for')
  .action((customer: string) => load.why().why(readConfig(), customer));

program
  .command('demo')
  .description('run a shop through its journeys on a skipped clock')
  .option('--purchases <file>', 'real purchases: a CSV with customer_id, date, quantity, amount')
  .option('--customers <n>', 'at most so many customers')
  .option('--seed <n>', 'the seed of the made shop', '1')
  .action((options: { purchases?: string; customers?: string; seed: string }) =>
    load.demo().demo(readConfig(), options),
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
    load.import().runImport(withDefaultApp(readConfig()), kind, file, options),
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
    load.export().runExport(readConfig(), kind, file, options),
  );

const keys = program.command('keys').description('the API keys in the database');
keys
  .command('list')
  .description('all of them, without what makes them keys')
  .action(() => load.keys().listKeys(readConfig()));
keys
  .command('create')
  .argument('<name>', 'who will use it, for people to know')
  .requiredOption('--role <role>', `what it may do: ${KEY_ROLES.join(', ')}`)
  .option('--expires <moment>', 'good until then; without it for good')
  .description('make a key, which is shown this once')
  .action((name: string, options: { role: string; expires?: string }) =>
    load.keys().createKey(readConfig(), name, options),
  );
keys
  .command('rotate')
  .argument('<key>', 'its id or its prefix, as in the list')
  .option('--overlap <time>', 'how long the old one stays good; 0 ends it at once', DEFAULT_OVERLAP)
  .description('make a key of the same name and role beside an old one')
  .action((key: string, options: { overlap: string }) =>
    load.keys().rotateKey(readConfig(), key, options),
  );
keys
  .command('revoke')
  .argument('<key>', 'its id or its prefix, as in the list')
  .description('end a key for good; holds everywhere within seconds')
  .action((key: string) => load.keys().revokeKey(readConfig(), key));

program.parseAsync().catch((error: unknown) => {
  reportFailure(error);
  process.exitCode = 1;
});
