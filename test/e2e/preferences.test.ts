import { inHoldout } from '../../src/domain/experiments/assign';
import { readConfig } from '../../src/config';
import { start, type RunningApiRole } from '../../src/roles/api';
import { LINKS, startEngine, type Engine } from '../support/engine';

/** From a mail through its link to the preference centre, and back to the journey. */
const KEYS = { write: 'write-key-1', admin: 'admin-key-1' };

let engine: Engine;
let api: RunningApiRole;

beforeAll(async () => {
  engine = await startEngine();
  api = await start(
    engine.services,
    readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      THROUGHLINE_WRITE_KEY: KEYS.write,
      THROUGHLINE_ADMIN_KEY: KEYS.admin,
    }),
  );
});
afterAll(async () => {
  await api?.stop();
  await engine?.stop();
});

/** A customer who is not in the journey's holdout. */
async function shopper(): Promise<{ readonly userId: string; readonly id: string }> {
  const share = engine.services.index.options('abandonedCart')?.holdout ?? 0;
  for (let number = 0; ; number++) {
    const userId = `shopper-${number}`;
    const id = await engine.customer(userId, { timezone: 'UTC' });
    if (!inHoldout({ seed: 'holdout:abandonedCart', unit: id, share })) return { userId, id };
  }
}

it('defers the journey’s next mail after the customer chose a pause through a mail’s link', async () => {
  const { userId, id } = await shopper();
  await engine.track(userId, 'Cart Updated', { cart_id: 'c-1' });
  const mail = await engine.until('the first reminder', async () => {
    await engine.pass('4 hours');
    return engine.smtp.mails.find(({ rcpt }) => rcpt.some((to) => to.startsWith(userId)));
  });
  const [link = ''] = /http:\/\/shop\.example\/preferences\/[\w.-]+/.exec(mail.html ?? '') ?? [];
  const url = link.replace(LINKS.publicUrl, api.url);
  const page = await (await fetch(url)).text();
  expect(page).toContain('Your messages from us');
  const why = await (await fetch(`${url}/why`)).text();
  expect(why).toContain(mail.subject);
  expect(why).toContain('Cart Updated');

  const form = /name="form"\s+value="([^"]+)"/.exec(page)?.[1] ?? '';
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ form, action: 'pause' }),
  });
  expect([answer.status, await answer.text()]).toEqual([
    200,
    expect.stringMatching(/role="status"/),
  ]);
  const second = await engine.until('the decision on the second mail', async () => {
    await engine.pass('1 day');
    return engine.services.db
      .selectFrom('decisions')
      .select(['outcome', 'reason'])
      .where('customer_id', '=', id)
      .where('template', '=', 'cart-last-call')
      .executeTakeFirst();
  });
  expect(second).toEqual({ outcome: 'skip', reason: 'paused' });
});
