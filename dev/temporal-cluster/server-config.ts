import { stringify } from 'yaml';
import { CLUSTER_DATABASES, SQL_PLUGIN } from './cluster-databases';

const LOOPBACK = '127.0.0.1';

/** What each port is for. The server's four services run in one process, each on its own two. */
export const PORTS = [
  'frontend',
  'history',
  'matching',
  'worker',
  'frontendMembership',
  'historyMembership',
  'matchingMembership',
  'workerMembership',
  'metrics',
] as const;

export type ClusterPorts = Readonly<Record<(typeof PORTS)[number], number>>;

export interface ServerConfig {
  /** A URL of the Postgres that holds both databases. */
  readonly postgresUrl: string;
  readonly ports: ClusterPorts;
  /** Fixed for a database at the server's first start on it. */
  readonly historyShards: number;
  /** Settings that the server reads anew while it runs. */
  readonly dynamicConfigFile: string;
}

/** How many connections the server keeps at most: each of its four services has pools of its own. */
export const SERVER_CONNECTIONS = 4 * (20 + 5);

/** What the server reads anew while it runs, as docker/temporal/dynamic-config.yaml has it. */
export const DYNAMIC_CONFIG = stringify({
  'matching.numTaskqueueReadPartitions': [{ value: 1 }],
  'matching.numTaskqueueWritePartitions': [{ value: 1 }],
  'matching.useNewMatcher': [{ value: true }],
});

/** The configuration file of a production server: one machine, loopback alone, SQL for everything. */
export function serverConfigText(config: ServerConfig): string {
  const { ports } = config;
  return stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: config.historyShards,
      datastores: {
        default: { sql: sqlStore(config.postgresUrl, CLUSTER_DATABASES.temporal, 20) },
        visibility: { sql: sqlStore(config.postgresUrl, CLUSTER_DATABASES.visibility, 5) },
      },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: LOOPBACK },
      metrics: {
        prometheus: {
          framework: 'tally',
          timerType: 'histogram',
          listenAddress: `${LOOPBACK}:${ports.metrics}`,
        },
      },
    },
    services: {
      frontend: service(ports.frontend, ports.frontendMembership),
      history: service(ports.history, ports.historyMembership),
      matching: service(ports.matching, ports.matchingMembership),
      worker: service(ports.worker, ports.workerMembership),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${LOOPBACK}:${ports.frontend}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: config.dynamicConfigFile, pollInterval: '10s' },
  });
}

function service(grpcPort: number, membershipPort: number): object {
  return { rpc: { grpcPort, membershipPort, bindOnLocalHost: true } };
}

function sqlStore(postgresUrl: string, databaseName: string, maxConns: number): object {
  const { host, username, password } = new URL(postgresUrl);
  return {
    pluginName: SQL_PLUGIN,
    databaseName,
    connectAddr: host,
    connectProtocol: 'tcp',
    user: username,
    password: decodeURIComponent(password),
    maxConns,
    maxIdleConns: maxConns,
    maxConnLifetime: '1h',
  };
}
