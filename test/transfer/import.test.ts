import { gzipSync } from 'node:zlib';
import { startImportWorld, type ImportWorld } from './import-world';

let world: ImportWorld;

beforeAll(async () => {
  world = await startImportWorld();
});
afterAll(() => world.stop());

async function eventsOf(userId: string) {
  return world.deps.db
    .selectFrom('events as e')
    .innerJoin('identifiers as i', 'i.customer_id', 'e.customer_id')
    .select([
      'e.name',
      'e.type',
      'e.properties',
      'e.context',
      'e.occurred_at',
      'e.message_id',
      'e.seq',
    ])
    .where('i.value', '=', userId)
    .orderBy('e.id')
    .execute();
}

async function count(
  table: 'events' | 'enrollments' | 'outbox' | 'quarantined_events' | 'customers',
) {
  const { rows } = await world.connection.pool.query<{ n: number }>(
    `select count(*)::int as n from ${table}`,
  );
  return rows[0]?.n ?? 0;
}

async function customer(id: string) {
  return (await world.call('GET', `/v1/customers/${id}`, { key: world.deps.keys.admin })).json;
}

describe('an import of events', () => {
  it('stores rows with their types, their own time and their ids, and starts no journey', async () => {
    await world.file(
      'orders.csv',
      [
        'event,user_id,timestamp,message_id,order_id,total,sku,gift,products',
        'Order Completed,ann,2024-03-31T18:30:00Z,m-1,o-1,49.90,007,true,"[{""product_id"":""p""}]"',
        'Order Completed,ann,1711909800,,o-2,-5,12345678901234567890,,',
        'Newsletter Read,ann,2024-04-01,,,,"line one',
        'line two",false,',
      ].join('\n'),
    );
    const summary = await world.run('events', 'orders.csv');
    expect(summary).toMatchObject({ rows: 3, rowsDone: 3, stored: 3, rejected: 0, stopped: false });
    const events = await eventsOf('ann');
    expect(events.map(({ name, properties }) => [name, properties])).toEqual([
      [
        'Order Completed',
        { order_id: 'o-1', total: 49.9, sku: '007', gift: true, products: [{ product_id: 'p' }] },
      ],
      ['Order Completed', { order_id: 'o-2', total: -5, sku: '12345678901234567890' }],
      ['Newsletter Read', { sku: 'line one\nline two', gift: false }],
    ]);
    expect(events.map(({ occurred_at: at }) => at.toISOString())).toEqual([
      '2024-03-31T18:30:00.000Z',
      '2024-03-31T18:30:00.000Z',
      '2024-04-01T00:00:00.000Z',
    ]);
    expect(events[0]?.message_id).toBe('m-1');
    expect(events[1]?.message_id).toMatch(/^import:[0-9a-f]{32}:2$/);
    expect(events.every(({ context }) => context['source'] === 'import')).toBe(true);
    // Before all that was ever received, so that no journey which asks later finds it.
    expect(events.every(({ seq }) => (seq ?? 0) < 0)).toBe(true);
    expect([await count('enrollments'), await count('outbox')]).toEqual([0, 0]);
  });

  it('does not store a row twice, however often the file is imported', async () => {
    const before = await count('events');
    const again = await world.run('events', 'orders.csv');
    expect(again).toMatchObject({ stored: 0, duplicates: 3, rejected: 0 });
    expect(await count('events')).toBe(before);
  });

  it('lets rows scope journeys where it is told to', async () => {
    await world.file(
      'fresh.csv',
      'event,user_id,timestamp,total\nOrder Completed,bea,2026-03-02,5\n',
    );
    await world.run('events', 'fresh.csv', { trigger: true });
    expect([await count('enrollments'), await count('outbox')]).toEqual([1, 1]);
  });

  it('tells no journey that runs, and fulfils no goal', async () => {
    await world.file('late.csv', 'event,user_id,timestamp\nOrder Completed,bea,2026-02-02\n');
    const summary = await world.run('events', 'late.csv');
    expect(summary.stored).toBe(1);
    expect([await count('enrollments'), await count('outbox')]).toEqual([1, 1]);
  });

  it('rejects what does not fit, with line and reason, and keeps nothing of it in quarantine', async () => {
    const rows = [
      ['Order Completed', 'cyd', '2024-01-01', '12'], // line 2, good
      ['Order Completed', 'cyd', '2024-01-01', '"many\nlines"'], // 3 and 4: total is a number
      ['Order Completed', 'cyd', '31.12.2024', '12'],
      ['Order Completed', '', '2024-01-01', '12'],
      ['Order Completed', 'cyd', '2024-01-01'],
      ['', 'cyd', '2024-01-01', '12'],
      ['Order Completed', 'cyd', '2030-01-01', '12'],
      ['Order Completed', 'cyd', '2024-01-01', '12', 'more'],
      ['Order\uFFFD', 'cyd', '2024-01-01', '12'],
      [`Order ${'x'.repeat(300)}`, 'cyd', '2024-01-01', '12'],
      ['Order Completed', 'cyd', '2024-01-01', '13'], // good
    ];
    const text = rows.map((cells) => cells.join(';')).join('\r\n');
    await world.file('bad.csv', `\uFEFFevent;user_id;timestamp;total\r\n${text}\r\n;;;\r\n\r\n`);
    const summary = await world.run('events', 'bad.csv');
    expect(summary).toMatchObject({ rows: 11, stored: 2, rejected: 9 });
    expect(summary.rejectsPath).toBe(`${world.folder}/bad.rejects.csv`);
    const rejects = await world.text('bad.rejects.csv');
    expect(rejects.split('\n')[0]).toBe('event;user_id;timestamp;total;_line;_reason');
    const told = [
      /^Order Completed;cyd;2024-01-01;"many$/m,
      /^lines";3;"?The properties do not fit the declared event 'Order Completed': /m,
      /;5;"?Found a timestamp that cannot be read; /,
      /;6;"?Found no identifier; expected one of user_id, anonymous_id, email\./,
      /2024-01-01;7;"?Found 3 fields; the header has 4\. /,
      /;8;"?Found a track call whose event is an empty string; /,
      /;9;"?Found a timestamp in the future; /,
      /;more;10;"?Found 5 fields; the header has 4\. /,
      /;11;"?Found invalid UTF-8; /,
      /;12;"?Found an event name of 306 characters; /,
    ];
    for (const each of told) expect(rejects).toMatch(each);
    expect(rejects).not.toMatch(/quarantine/);
    expect(await count('quarantined_events')).toBe(0);
    expect(await eventsOf('cyd')).toHaveLength(2);
  });

  it('takes a mended file of rejects as it is', async () => {
    const rejects = await world.text('bad.rejects.csv');
    await world.file('mended.csv', rejects.replace('31.12.2024', '2024-12-31'));
    expect(await world.run('events', 'mended.csv')).toMatchObject({
      rows: 9,
      stored: 1,
      rejected: 8,
    });
    expect((await eventsOf('cyd')).at(-1)?.properties).toEqual({ total: 12 });
  });

  it('takes columns of other names by a mapping', async () => {
    await world.file(
      'shop.tsv',
      'Ereignis\tKunde\tDatum\tBetrag\tIntern\nBesuch\tdan\t2024-01-02\t7\tx\n',
    );
    const mapping = new Map([
      ['Ereignis', 'event'],
      ['Kunde', 'userId'],
      ['Datum', 'timestamp'],
      ['Betrag', 'amount'],
      ['Intern', ''],
    ]);
    await world.run('events', 'shop.tsv', { mapping });
    expect((await eventsOf('dan')).map(({ name, properties }) => [name, properties])).toEqual([
      ['Besuch', { amount: 7 }],
    ]);
  });

  it('takes gzip, and knows customers by their e-mail address', async () => {
    await world.file('who.csv', 'user_id,email\neve,Eve@shop.example\n');
    await world.run('customers', 'who.csv');
    const text =
      'event,email,timestamp\nA,eve@SHOP.example,2024-01-02\nA,nobody@x.example,2024-01-02\n';
    await world.file('packed.csv.gz', gzipSync(text));
    const summary = await world.run('events', 'packed.csv.gz');
    expect(summary).toMatchObject({ stored: 1, rejected: 1 });
    expect(await world.text('packed.rejects.csv')).toMatch(
      /Found no customer of this e-mail address/,
    );
    expect((await eventsOf('eve')).map(({ name }) => name)).toEqual(['Identify', 'A']);
  });

  it('only says what it would do in a dry run', async () => {
    await world.file(
      'dry.csv',
      'event,user_id,timestamp,total\nOrder Completed,fay,2024-01-01,1\nOrder Completed,fay,2024-01-01,x\n',
    );
    const before = await count('events');
    const summary = await world.run('events', 'dry.csv', { dryRun: true });
    expect(summary).toMatchObject({ stored: 1, rejected: 1 });
    expect(await world.text('dry.rejects.csv')).toMatch(/do not fit the declared event/);
    expect(await count('events')).toBe(before);
    const really = await world.run('events', 'dry.csv');
    expect(really).toMatchObject({ stored: 1, duplicates: 0, rejected: 1 });
  });
});

describe('an import of customers', () => {
  it('sets traits with their types, and starts no journey', async () => {
    const before = await count('enrollments');
    await world.file(
      'customers.csv',
      [
        'User ID,email,phone,plan,points,zip,vip,timezone,traits',
        'gus,gus@shop.example,\'+4930123,gold,120,01067,true,Europe/Berlin,"{""tags"":[""a""]}"',
        'hal,hal-at-shop,,,,,,,',
        ',ida@shop.example,,silver,,,,,',
      ].join('\n'),
    );
    const summary = await world.run('customers', 'customers.csv');
    expect(summary).toMatchObject({ stored: 2, rejected: 1 });
    expect(await world.text('customers.rejects.csv')).toMatch(
      /hal-at-shop.*Found an invalid e-mail address/,
    );
    expect(await customer('gus')).toMatchObject({
      timeZone: 'Europe/Berlin',
      traits: {
        email: 'gus@shop.example',
        phone: '+4930123',
        plan: 'gold',
        points: 120,
        zip: '01067',
        vip: true,
        tags: ['a'],
      },
    });
    expect((await customer('email:ida@shop.example')).traits).toMatchObject({ plan: 'silver' });
    expect(await count('enrollments')).toBe(before);
  });

  it('leaves what an empty cell does not say, and makes nobody twice', async () => {
    const before = await count('customers');
    await world.file('more.csv', 'user_id,email,plan,points\ngus,,,121\n,ida@shop.example,gold,\n');
    await world.run('customers', 'more.csv');
    expect((await customer('gus')).traits).toMatchObject({ plan: 'gold', points: 121 });
    expect((await customer('email:ida@shop.example')).traits).toMatchObject({ plan: 'gold' });
    expect(await count('customers')).toBe(before);
  });
});

describe('an import of consents', () => {
  it('writes state and ledger with the proof, and starts no journey', async () => {
    const before = await count('enrollments');
    await world.file(
      'consents.csv',
      [
        'identifier,channel,purpose,state,at,source,wording_version,proof',
        'gus,email,offers,subscribed,2024-05-01T10:00:00Z,checkout,v3,"{""ip"":""::1""}"',
        'email:gus@shop.example,sms,*,unsubscribed,2024-05-02,,,called us',
        'gus,email,offers,pending,2023-01-01,form,,',
        'nobody,email,offers,subscribed,2024-05-01,,,',
        'gus,fax,offers,subscribed,2024-05-01,,,',
        'gus,email,cars,subscribed,2024-05-01,,,',
        'gus,email,offers,perhaps,2024-05-01,,,',
        'gus,email,offers,subscribed,2030-05-01,,,',
        'gus,email,transactional,subscribed,2024-05-01,,,',
        'gus,sms,offers,subscribed,2024-05-01,,,',
      ].join('\n'),
    );
    const summary = await world.run('consents', 'consents.csv');
    expect(summary).toMatchObject({ rows: 10, stored: 3, rejected: 7 });
    expect((await customer('gus')).consents).toEqual([
      { channel: 'sms', purpose: '*', state: 'unsubscribed', at: '2024-05-02T00:00:00.000Z' },
      { channel: 'email', purpose: 'offers', state: 'subscribed', at: '2024-05-01T10:00:00.000Z' },
    ]);
    const ledger = await world.deps.db
      .selectFrom('consent_ledger')
      .select(['channel', 'state', 'source', 'proof'])
      .orderBy('id')
      .execute();
    expect(ledger).toEqual([
      {
        channel: 'email',
        state: 'subscribed',
        source: 'checkout',
        proof: { ip: '::1' },
      },
      { channel: 'sms', state: 'unsubscribed', source: 'import', proof: { text: 'called us' } },
      { channel: 'email', state: 'pending', source: 'form', proof: {} },
    ]);
    expect(await count('enrollments')).toBe(before);
    expect(await world.run('consents', 'consents.csv')).toMatchObject({ stored: 0, duplicates: 3 });
    const after = await world.deps.db.selectFrom('consent_ledger').select('id').execute();
    expect(after).toHaveLength(3);
  });

  it('that takes a consent back ends journeys at once', async () => {
    const active = await world.deps.db
      .selectFrom('enrollments')
      .select(['status', 'end_reason'])
      .where('journey', '=', 'onOrder')
      .execute();
    expect(active).toEqual([{ status: 'active', end_reason: null }]);
    await world.file(
      'in.csv',
      'user_id,channel,purpose,state,at,proof\nbea,email,offers,subscribed,2024-01-01,form 7\n',
    );
    await world.file(
      'out.csv',
      'user_id,channel,purpose,state,at\nbea,*,*,unsubscribed,2025-01-01\n',
    );
    await world.run('consents', 'in.csv');
    await world.run('consents', 'out.csv');
    const ended = await world.deps.db
      .selectFrom('enrollments')
      .select(['status', 'end_reason'])
      .where('journey', '=', 'onOrder')
      .execute();
    expect(ended).toEqual([{ status: 'exited', end_reason: 'opted-out' }]);
  });
});

describe('a file that cannot be imported as a whole', () => {
  it.each([
    ['is not there', undefined, /Found no file/],
    ['is empty', '', /is empty; expected a first line/],
    [
      'has no column for who',
      'event,timestamp\nA,2024-01-01\n',
      /has no column for user_id or anonymous_id or email; found 'event', 'timestamp'/,
    ],
    [
      'has no column for what',
      'user_id,name\nu,A\n',
      /has no column for event; .*--map 'COLUMN=event'/,
    ],
    [
      'has a column twice',
      'event,user_id,userId\nA,u,u\n',
      /columns 'user_id' and 'userId' for the same field/,
    ],
    [
      'opens a quote and never closes it',
      'event,user_id\nA,u\nA,"u\nA,u\n',
      /cannot be read after line 2: a quote is not closed there/,
    ],
    [
      'is cut off gzip',
      gzipSync('event,user_id\nA,u\n').subarray(0, 20),
      /is an incomplete gzip file/,
    ],
  ])('because it %s is told so, and nothing is stored', async (_, content, message) => {
    const name = `whole-${Math.random()}.csv`;
    if (content !== undefined) await world.file(name, content);
    const before = await count('events');
    await expect(world.run('events', name)).rejects.toThrow(message);
    expect(await count('events')).toBe(before);
  });
});
