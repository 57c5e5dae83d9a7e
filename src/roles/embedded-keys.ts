import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config';

export interface Keys {
  readonly write: string;
  readonly admin: string;
  readonly read?: string;
  readonly signing: string;
}

/**
 * Returns the keys of an embedded system: those in the environment. Missing ones are generated once and
 * stored in its home, so that links in mails survive a restart.
 */
export function embeddedKeys(config: Config, home: string): Keys {
  const file = join(home, 'keys.json');
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Keys>)
    : undefined;
  const own = {
    write: kept?.write ?? `write_${randomBytes(16).toString('hex')}`,
    admin: kept?.admin ?? `admin_${randomBytes(16).toString('hex')}`,
    signing: kept?.signing ?? randomBytes(32).toString('hex'),
  };
  if (kept === undefined) {
    writeFileSync(`${file}.draft`, JSON.stringify(own, undefined, 2), { mode: 0o600 });
    renameSync(`${file}.draft`, file);
  }
  const read = config.THROUGHLINE_READ_KEY;
  return {
    write: config.THROUGHLINE_WRITE_KEY ?? own.write,
    admin: config.THROUGHLINE_ADMIN_KEY ?? own.admin,
    signing: config.THROUGHLINE_SIGNING_KEY ?? own.signing,
    ...(read !== undefined && { read }),
  };
}
