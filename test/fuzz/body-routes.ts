export type KnownName =
  'id' | 'task' | 'enrollment' | 'item' | 'unsubscribe' | 'confirm' | 'preferences' | 'form';

/** A route that takes a body, with values for its fields that come near to valid ones. */
export interface BodyRoute {
  readonly method: string;
  readonly path: readonly [before: string, usual: () => string, after: string];
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

const consent = '{"channel":"email","purpose":"offers","state":"subscribed","proof":{"ip":"::1"}}';

/** @param known what paths may name, filled in before the first test */
export function bodyRoutes(known: Readonly<Record<KnownName, string>>): readonly BodyRoute[] {
  return [
    {
      method: 'PUT',
      path: ['/v1/customers/', () => known.id, '/preferences'],
      fields: {
        channels: ['{"sms":false}', '{}', '{"pigeon":true}'],
        topics: ['{"offers":false}', '{"gossip":true}'],
        maxPerWeek: ['2', '0', 'null', '1e9'],
        digest: ['"daily"', 'null'],
        quietHours: ['{"from":"21:00","to":"08:00"}', '{"from":"21:00","to":"21:00"}', 'null'],
        bestTime: ['"evening"', 'null', '"constructor"'],
        pausedUntil: ['"2026-04-01T00:00:00Z"', '"0000-01-01T00:00:00Z"', 'null'],
      },
    },
    {
      method: 'POST',
      path: ['/v1/inbound', () => '', '/messages'],
      fields: {
        id: ['"m-1"', '"m-2"'],
        channel: ['"sms"', '"whatsapp"', '"email"'],
        from: ['"+49170123"', '"ada@shop.example"'],
        text: ['"STOP"', '"START"', '"HELP"', '"hello"'],
        subject: ['"unsubscribe"'],
        at: ['"2026-03-02T09:00:00Z"', '"0000-01-01T00:00:00Z"'],
      },
    },
    {
      method: 'PUT',
      path: ['/v1/customers/', () => known.id, '/consents'],
      fields: {
        channel: ['"email"', '"*"', '"sms"'],
        purpose: ['"offers"', '"*"', '"transactional"'],
        state: ['"subscribed"', '"unsubscribed"', '"none"'],
        source: ['"form"'],
        proof: ['{"ip":"::1"}'],
        at: ['"2026-03-02T09:00:00Z"', '"0000-01-01T00:00:00Z"', '"9999-12-31T23:59:59-23:59"'],
        consents: ['[]', `[${consent}]`, `[${consent},${consent}]`],
      },
    },
    {
      method: 'POST',
      path: ['/v1/customers/ada/inbox/', () => known.item, '/read'],
      fields: { any: ['1'] },
    },
    {
      method: 'POST',
      path: ['/v1/customers/ada/inbox/', () => known.item, '/unread'],
      fields: { any: ['1'] },
    },
    {
      method: 'POST',
      path: ['/v1/journeys/', () => 'onDemand', '/enrollments'],
      fields: {
        userId: ['"ada"', '7'],
        anonymousId: ['"device-1"'],
        customerId: ['"none"'],
        key: ['"k"', '5', `"${'k'.repeat(255)}"`],
        data: ['{"a":1}', '{"a":null,"b":true,"c":"x"}'],
        requestId: ['"r-1"'],
      },
    },
    {
      method: 'POST',
      path: ['/v1/journeys/', () => 'onDemand', '/operations'],
      fields: {
        operation: ['"pause"', '"exit"'],
        reason: ['"because"'],
        filter: [
          '{"key":"k"}',
          '{"enteredBefore":"0000-01-01T00:00:00Z"}',
          '{"customerIds":["a"]}',
        ],
      },
    },
    ...['pause', 'resume', 'skip-wait', 'exit'].map((word): BodyRoute => ({
      method: 'POST',
      path: ['/v1/enrollments/', () => known.enrollment, `/${word}`],
      fields: { reason: ['"because"'] },
    })),
    {
      method: 'POST',
      path: ['/v1/tasks/', () => known.task, '/claim'],
      fields: { assignee: ['"eve"', '"bob"'] },
    },
    { method: 'POST', path: ['/v1/tasks/', () => known.task, '/release'], fields: { any: ['1'] } },
    {
      method: 'POST',
      path: ['/v1/tasks/', () => known.task, '/complete'],
      fields: { outcome: ['"reached"'], notes: ['"she was glad"'] },
    },
    {
      method: 'POST',
      path: ['/v1/keys', () => '', ''],
      fields: {
        name: ['"desk"', `"${'n'.repeat(100)}"`],
        role: ['"read"', '"admin"', '"write"'],
        expiresAt: ['"2030-01-01T00:00:00Z"', '"9999-12-31T23:59:59-23:59"'],
      },
    },
    {
      method: 'POST',
      path: ['/v1/keys/', () => 'none', '/rotate'],
      fields: { overlap: ['"1 day"', '"0"', '"-1 day"', '"1e400 days"'] },
    },
    { method: 'DELETE', path: ['/v1/keys/', () => 'none', ''], fields: { any: ['1'] } },
    {
      method: 'POST',
      path: ['/v1/quarantine', () => '', '/replay'],
      fields: { ids: ['["none"]', '[]', '["\'; drop table events"]'] },
    },
    {
      method: 'POST',
      path: ['/v1/dead-letters', () => '', '/retry'],
      fields: {
        ids: ['[1]', '["2"]', '[9007199254740991]', '[1e400]', '[-1]', '["999999999999999"]'],
      },
    },
  ];
}
