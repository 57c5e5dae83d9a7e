import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { recomputeDecisions } from './recompute-decisions';

/**
 * Creates the database `name` and migrates it, once per run; `cloneDatabase` copies it, which is much
 * faster. `migrate` must have closed its connections when it resolves.
 */
export async function createTemplateDatabase(
  adminUrl: string,
  name: string,
  migrate: (url: string) => Promise<void>,
): Promise<void> {
  await asAdmin(adminUrl, `create database ${quoted(name)}`);
  await migrate(withDatabase(adminUrl, name));
  // Postgres cannot copy a template that has connections, so no more are allowed.
  await asAdmin(adminUrl, `alter database ${quoted(name)} allow_connections false`);
}

/**
 * Creates a database for a test file by copying `template`.
 *
 * @returns `drop` throws if a decision does not follow from its recorded facts and policy
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

/** Checks that every decision of a test follows from its recorded facts. */
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
