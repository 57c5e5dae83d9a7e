/**
 * The health of a role that opens no port, asked where it leaves its traces:
 *
 *   node docker/health.cjs relay            holds a lease on lanes of the outbox
 *   node docker/health.cjs worker           polls Temporal for journeys
 *   node docker/health.cjs worker email     polls Temporal for deliveries by e-mail
 *
 * Exits with 0 where the process of this container was seen lately, otherwise with 1 and a sentence.
 */
const { hostname } = require('node:os');
const { readConfig } = require('../dist/src/config');

/** A poll lasts a minute at the most, so that a worker that lives was seen within two. */
const LATELY_MS = 120_000;

async function relayLives(config) {
  const { Client } = require('pg');
  const client = new Client({ connectionString: config.DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select count(*)::int as lanes from relay_lanes
       where leased_until > clock_timestamp() and starts_with(owner, $1)`,
      [`${hostname()}:`],
    );
    return rows[0].lanes > 0 ? undefined : 'This relay holds no lane of the outbox.';
  } finally {
    await client.end();
  }
}

async function workerLives(config, channel) {
  const { lazyClient } = require('../dist/src/roles/lazy-client');
  const { temporalAddress } = require('../dist/src/roles/temporal-address');
  const { deliveryQueue } = require('../dist/src/journey/protocol');
  const journeys = config.THROUGHLINE_TASK_QUEUE;
  const queue = channel === undefined ? journeys : deliveryQueue(journeys, channel);
  const WORKFLOW = 1; // temporal.api.enums.v1.TaskQueueType
  const ACTIVITY = 2;
  const temporal = lazyClient(await temporalAddress(config));
  try {
    const client = await temporal.client();
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: config.TEMPORAL_NAMESPACE,
      taskQueue: { name: queue },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is the proto's
      taskQueueType: channel === undefined ? WORKFLOW : ACTIVITY,
    });
    const seen = pollers.some(
      ({ identity, lastAccessTime }) =>
        identity.endsWith(`@${hostname()}`) &&
        Date.now() - Number(lastAccessTime.seconds) * 1000 < LATELY_MS,
    );
    return seen ? undefined : `This worker does not poll ${queue}.`;
  } finally {
    await temporal.close();
  }
}

async function main([role, channel]) {
  const config = readConfig();
  if (role === 'relay') return relayLives(config);
  if (role === 'worker') return workerLives(config, channel);
  return `Found the role ${role}; expected relay or worker.`;
}

void main(process.argv.slice(2))
  .catch((error) => error.message)
  .then((failure) => {
    if (failure !== undefined) process.stderr.write(`${failure}\n`);
    process.exit(failure === undefined ? 0 : 1);
  });
