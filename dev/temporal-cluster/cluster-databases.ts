import { execFile } from 'node:child_process';
import { Client } from 'pg';

/** Temporal's two databases, by the schema of each in the server's module. */
export const CLUSTER_DATABASES = {
  temporal: 'temporal',
  visibility: 'temporal_visibility',
} as const;

/** The name by which the server knows this kind of database, with schema v12. */
export const SQL_PLUGIN = 'postgres12';

const LIMIT_MS = 120_000;

/** A database says so of itself once it has all its tables. */
const COMPLETE = 'complete';

/**
 * Makes the databases that are missing and brings the schemas of all up to date. One whose making
 * was interrupted is made again from the start: the tool's versions are no transactions.
 */
export async function prepareClusterDatabases(sqlTool: string, adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const [schema, database] of Object.entries(CLUSTER_DATABASES)) {
      const found = await client.query<{ said: string | null }>(
        `select shobj_description(oid, 'pg_database') as said from pg_database where datname = $1`,
        [database],
      );
      const complete = found.rows[0]?.said === COMPLETE;
      if (!complete) {
        await client.query(`drop database if exists ${database} with (force)`);
        await client.query(`create database ${database}`);
        await runTool(sqlTool, adminUrl, database, ['setup-schema', '--version', '0.0']);
      }
      await updateSchema(sqlTool, adminUrl, database, schema);
      if (!complete) await client.query(`comment on database ${database} is '${COMPLETE}'`);
    }
  } finally {
    await client.end();
  }
}

function updateSchema(
  sqlTool: string,
  adminUrl: string,
  database: string,
  schema: string,
): Promise<void> {
  const name = `postgresql/v12/${schema}`;
  return runTool(sqlTool, adminUrl, database, ['update-schema', '--schema-name', name]);
}

async function runTool(
  sqlTool: string,
  adminUrl: string,
  database: string,
  args: readonly string[],
): Promise<void> {
  const { hostname, port, username, password } = new URL(adminUrl);
  const connection = ['--plugin', SQL_PLUGIN, '--endpoint', hostname, '--port', port];
  const all = [...connection, '--user', username, '--database', database, ...args];
  // The password goes by the environment: arguments can be read by everyone on the machine.
  const env = { SQL_PASSWORD: decodeURIComponent(password) };
  await new Promise<void>((resolve, reject) => {
    execFile(sqlTool, all, { env, timeout: LIMIT_MS }, (error, stdout, stderr) => {
      if (error === null) return resolve();
      const said = `${stdout}\n${stderr}`.trim() || error.message;
      const message =
        `temporal-sql-tool ${args.join(' ')} failed on the database ${database}: expected the tables ` +
        `of Temporal's server. Remove the cluster's folder to start afresh. It said:\n${said}`;
      reject(new Error(message, { cause: error }));
    });
  });
}
