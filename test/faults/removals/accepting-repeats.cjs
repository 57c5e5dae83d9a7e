// Takes out the claim on messageIds: each request claims ids that nobody can have sent before.
const { randomUUID } = require('node:crypto');
const claiming = require('../../../dist/src/ingest/claim-message-ids');

const { claimMessageIds } = claiming;
claiming.claimMessageIds = async (tx, items, ...rest) => {
  const sent = new Map(items.map((item) => [`${item.messageId} ${randomUUID()}`, item.messageId]));
  const unheardOf = [...sent.keys()];
  const disguised = items.map((item, index) => ({ ...item, messageId: unheardOf[index] }));
  const claim = await claimMessageIds(tx, disguised, ...rest);
  const claimed = claim.claimed.map((item) => ({ ...item, messageId: sent.get(item.messageId) }));
  return { ...claim, claimed };
};
