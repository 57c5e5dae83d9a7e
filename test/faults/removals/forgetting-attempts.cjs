// Takes out the look at the attempt before: a delivery that was cut off counts as never begun.
const { sql } = require('kysely');
const delivering = require('../../../dist/src/activities/delivery/attempt');

const { createDeliveryAttempts } = delivering;
delivering.createDeliveryAttempts = (deps) => {
  const attempts = createDeliveryAttempts(deps);
  return {
    ...attempts,
    async next(messageId, ...rest) {
      await sql`
        update messages set status = 'decided'
        where id = ${messageId} and status in ('sending', 'unknown')`.execute(deps.db);
      return attempts.next(messageId, ...rest);
    },
  };
};
