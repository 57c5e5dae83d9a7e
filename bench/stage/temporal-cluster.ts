import { existsSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Pool } from 'pg';
import { startTemporalCluster } from '../../dev/temporal-cluster/start-temporal-cluster';
import type { StartTemporalServer } from './temporal-server';

/** A production server on a Postgres of its own, built from source where the cache has none. */
export const startCluster: StartTemporalServer = async (options) => {
  linkDockerFolder();
  const cluster = await startTemporalCluster({
    ...options,
    folder: join(options.folder, 'cluster'),
  });
  const { address, namespace, metricsUrl, version } = cluster;
  const pool = new Pool({ connectionString: cluster.databaseUrl, max: 1 });
  return {
    kind: `server ${version} on Postgres, four history shards`,
    address,
    namespace,
    processes: () => [
      { name: 'server', pid: cluster.serverPid },
      { name: "server's postgres", pid: cluster.postgresPid, withChildren: true },
    ],
    metricsUrl,
    async diskBytes() {
      const { rows } = await pool.query<{ bytes: number }>(
        `select sum(pg_database_size(oid))::float8 as bytes from pg_database
         where datname like 'temporal%'`,
      );
      return rows[0]?.bytes ?? 0;
    },
    async stop() {
      await pool.end();
      await cluster.stop();
    },
  };
};

/** The cluster looks for its settings beside its own folder, which here is the compiled one. */
function linkDockerFolder(): void {
  const link = resolve(__dirname, '../../docker');
  if (!existsSync(link)) symlinkSync(resolve('docker'), link);
}
