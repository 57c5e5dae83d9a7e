// No removal, but the fault that shows one: the relay is killed when Temporal has taken what it
// carried and the outbox does not know it yet. Three times, as the file counts.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const rows = require('../../../dist/src/outbox/outbox-rows');

const DEATHS = 3;
/** So many signals at least are then told again. */
const SIGNALS = 2;
const file = process.env.FAULTS_DEATHS;
const { dueSignals, removeRows } = rows;
const signals = new Set();

rows.dueSignals = async (...given) => {
  const found = await dueSignals(...given);
  for (const { id } of found) signals.add(id);
  return found;
};

rows.removeRows = (db, ids) => {
  const deaths = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (deaths < DEATHS && ids.filter((id) => signals.has(id)).length >= SIGNALS) {
    writeFileSync(file, String(deaths + 1));
    process.kill(process.pid, 'SIGKILL');
  }
  return removeRows(db, ids);
};
