// Takes out the claim on messageIds: each request claims ids that nobody can have sent before.
const { randomUUID } = require('node:crypto');
const claiming = require('../../../dist/src/ingest/claim-message-ids');

const { claimMessageIds } = claiming;
claiming.claimMessageIds = async (tx, items, ...rest) => {
  const sent = new Map(items.map((item) => [`${item.messageId} ${randomUUID()}`, item.messageId]));
  const unheardOf = [...sent.keys()];
  const disguised = items.map((item, at) => ({ ...item, messageId: unheardOf[at] }));
  const claim = await claimMessageIds(tx, disguised, ...rest);
  const fresh = claim.fresh.map((item) => ({ ...item, messageId: sent.get(item.messageId) }));
  return { ...claim, fresh };
};
