import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startTestSystem, type TestSystem } from 'throughline/testing';
import { app } from './app';

const SECRET = 'a-secret-of-the-fax-service';

interface SentFax {
  readonly to: string;
  readonly title: string;
  readonly text: string;
}

/** A fax service that accepts every fax, but for the answers that a test asks for. */
class Service {
  readonly faxes: SentFax[] = [];
  /** The status codes of the next answers. */
  readonly failures: number[] = [];
  readonly #server: Server;

  constructor(name: string) {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const status = this.failures.shift() ?? 200;
        if (status === 200) this.faxes.push(JSON.parse(body) as SentFax);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ id: `${name}-${this.faxes.length}` }));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe('receipts by fax', () => {
  const acme = new Service('acme');
  const beta = new Service('beta');
  let system: TestSystem;
  before(async () => {
    system = await startTestSystem({
      app,
      variables: {
        ACME_FAX_URL: await acme.start(),
        ACME_FAX_TOKEN: 'token',
        ACME_FAX_SECRET: SECRET,
        BETA_FAX_URL: await beta.start(),
        BETA_FAX_TOKEN: 'token',
      },
    });
  });
  after(async () => {
    await system.stop();
    for (const service of [acme, beta]) service.stop();
  });

  async function order(userId: string, orderId: string) {
    await system.track(userId, 'Order Placed', { order_id: orderId });
    await system.pass('1 hour');
    return (await system.messages(userId)).map(({ status }) => status);
  }

  async function report(body: string, signature?: string): Promise<number> {
    const signed = createHmac('sha256', SECRET).update(body).digest('hex');
    const answer = await fetch(`${await system.api()}/v1/callbacks/acme-fax`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-acme-signature': signature ?? signed,
      },
      body,
    });
    await answer.text();
    return answer.status;
  }

  it('go to the number in its one form, through the first provider', async () => {
    await system.identify('ada', { fax_number: '+49 (0)30 901820', first_name: 'Ada' });
    assert.deepEqual(await order('ada', 'o-1'), ['sent']);
    const [fax] = acme.faxes;
    assert.deepEqual([fax?.to, fax?.title], ['+4930901820', 'Receipt o-1']);
    assert.equal(fax?.text, 'Dear Ada,\n\nwe have received your order o-1.');
    assert.match(await system.why('ada'), /with acme-fax/);
  });

  it('go through the second provider while the first one is busy', async () => {
    await system.identify('bob', { fax_number: '+49 30 901821', first_name: 'Bob' });
    acme.failures.push(503);
    assert.deepEqual(await order('bob', 'o-2'), ['sent']);
    assert.deepEqual(
      beta.faxes.map(({ to }) => to),
      ['+4930901821'],
    );
    const why = await system.why('bob');
    assert.match(why, /attempt 1 with acme-fax.*busy/);
    assert.match(why, /attempt 2 with beta-fax.*accepted as beta-1/);
  });

  it('are repeated by the same provider where nobody knows whether they were sent', async () => {
    await system.identify('eve', { fax_number: '+49 30 901822', first_name: 'Eve' });
    acme.failures.push(500);
    assert.deepEqual(await order('eve', 'o-3'), ['sent']);
    assert.equal(beta.faxes.length, 1);
    assert.equal(acme.faxes.at(-1)?.to, '+4930901822');
    assert.match(await system.why('eve'), /attempt 2 \(a repeat\) with acme-fax/);
  });

  it('end at a number that the provider reports as unused', async () => {
    const at = system.now().toISOString();
    const body = JSON.stringify({ id: 'r-1', fax: 'acme-1', state: 'number-unused', at });
    assert.equal(await report(body, '00'.repeat(32)), 401);
    assert.equal((await system.messages('ada'))[0]?.status, 'sent');
    assert.equal(await report(body), 200);
    assert.equal(await report(body), 200);
    assert.deepEqual(await order('ada', 'o-4'), ['bounced']);
    assert.match(await system.why('ada'), /suppressed|must not be/);
  });
});
