import { Command } from 'commander';
import { readConfig } from '../../config';
import { KEY_ROLES } from '../../domain/access/key-role';
import { DEFAULT_OVERLAP } from '../../domain/access/overlap';
import { load } from '../load';

const list = new Command('list')
  .description('list all keys, without their secrets')
  .action(() => load.keys().listKeys(readConfig()));

const create = new Command('create')
  .argument('<name>', 'a name that says who uses it')
  .requiredOption('--role <role>', `what it may do: ${KEY_ROLES.join(', ')}`)
  .option('--expires <time>', 'when it expires (default: never)')
  .description('create a key and print it; it cannot be shown again')
  .action((name: string, options: { role: string; expires?: string }) =>
    load.keys().createKey(readConfig(), name, options),
  );

const rotate = new Command('rotate')
  .argument('<key>', 'its id or its prefix, as listed')
  .option(
    '--overlap <time>',
    'how long the old key stays valid; 0 revokes it immediately',
    DEFAULT_OVERLAP,
  )
  .description('replace a key with a new one of the same name and role')
  .action((key: string, options: { overlap: string }) =>
    load.keys().rotateKey(readConfig(), key, options),
  );

const revoke = new Command('revoke')
  .argument('<key>', 'its id or its prefix, as listed')
  .description('revoke a key; takes effect everywhere within seconds')
  .action((key: string) => load.keys().revokeKey(readConfig(), key));

export const keysCommand = new Command('keys').description('the API keys in the database');
for (const each of [list, create, rotate, revoke]) keysCommand.addCommand(each);
