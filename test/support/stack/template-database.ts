import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { recomputeDecisions } from './recompute-decisions';

/**
 * Creates the database `name` and lets `migrate` fill it, once for a run: `cloneDatabase` then copies
 * it in a fraction of the time. `migrate` must have closed its connections when it resolves.
 */
export async function createTemplateDatabase(
  adminUrl: string,
  name: string,
  migrate: (url: string) => Promise<void>,
): Promise<void> {
  await asAdmin(adminUrl, `create database ${quoted(name)}`);
  await migrate(withDatabase(adminUrl, name));
  // Postgres copies no template that somebody is connected to, so nobody may connect any more.
  await asAdmin(adminUrl, `alter database ${quoted(name)} allow_connections false`);
}

/**
 * A database of its own for a test file, copied from `template`.
 *
 * @returns `drop` throws where a decision does not follow from its recorded facts and policy
 */
export async function cloneDatabase(
  adminUrl: string,
  template: string,
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `create database ${quoted(name)} template ${quoted(template)}`);
  const url = withDatabase(adminUrl, name);
  return {
    url,
    async drop() {
      const differences = await decisionsThatDiffer(url);
      await asAdmin(adminUrl, `drop database if exists ${quoted(name)} with (force)`);
      if (differences.length > 0) throw new Error(differences.join('\n'));
    },
  };
}

/** Whatever a test has decided must follow from what was recorded of it. */
async function decisionsThatDiffer(url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query("select from pg_tables where tablename = 'policies'");
    return rows.length === 0 ? [] : (await recomputeDecisions(client)).differences;
  } finally {
    await client.end();
  }
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
