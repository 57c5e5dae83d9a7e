// Takes out the order of the relay's work: rows leave the outbox before Temporal has taken them.
const rows = require('../../../dist/src/outbox/outbox-rows');

for (const name of ['dueStarts', 'dueSignals']) {
  const due = rows[name];
  rows[name] = async (db, ...rest) => {
    const found = await due(db, ...rest);
    await rows.removeRows(
      db,
      found.map(({ id }) => id),
    );
    return found;
  };
}
