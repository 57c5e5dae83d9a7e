import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { App } from '../app';
import { readMailbox } from '../channels/local-mailbox/read-mailbox';
import { readConfig } from '../config';
import { changeConsents } from '../consent/change-consents';
import { findCustomer } from '../db/read-models/customers/find-customer';
import type { ChannelKind } from '../domain/channels/channel-kind';
import type { Duration } from '../domain/duration';
import { findTemporalBinary } from '../embedded/temporal/find-temporal-binary';
import { createLogger } from '../logger';
import { explainCustomer } from '../reporting/explain';
import { start as startApi } from '../roles/api';
import { installTemporalRuntime } from '../roles/temporal-runtime';
import { startTemporaryPostgres } from './temporary-postgres';
import { startTimeSkippingSystem, type TimeSkippingSystem } from './time-skipping-system';

export interface TestSystemOptions {
  readonly app: App;
  /**
   * Settings of the application's providers, by the names of environment variables. Those of the
   * environment are not used, so that a test contacts no real provider.
   */
  readonly variables?: Readonly<Record<string, string>>;
  /** Progress of the start, such as a download. Default: none. */
  readonly log?: (sentence: string) => void;
}

/** A message that the engine created for a customer. */
export interface TestMessage {
  readonly template: string;
  readonly channel: ChannelKind;
  /** Such as `sent`, `queued` or `failed`. */
  readonly status: string;
  readonly at: Date;
}

/** A mail as it was delivered. */
export interface TestMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The engine with an application, on a clock that skips. Customers are named by their user id. */
export interface TestSystem {
  /** For tests that look at workflows themselves. */
  readonly client: Client;
  /** The server's time. */
  now(): Date;
  /** Sets traits, such as `email`; creates the customer. */
  identify(userId: string, traits: object): Promise<void>;
  /** Subscribes a customer to topics on a channel. */
  subscribe(userId: string, channel: ChannelKind, topics: readonly string[]): Promise<void>;
  /**
   * Sends an event and waits until the journeys that it concerns have received it.
   *
   * @throws {Error} an event that its schema refuses
   */
  track(userId: string, event: string, properties?: object): Promise<void>;
  /** Skips time: timers fire in order, and their effects are complete before it returns. */
  pass(duration: Duration): Promise<void>;
  /** A customer's messages, the oldest first. */
  messages(userId: string): Promise<readonly TestMessage[]>;
  /** What `throughline why` says about a customer. */
  why(userId: string): Promise<string>;
  /** The address of the HTTP API, which is started when it is first needed; for callbacks. */
  api(): Promise<string>;
  /** A customer's mails, the oldest first, unless a provider of the application sends them. */
  mails(userId: string): Promise<readonly TestMail[]>;
  stop(): Promise<void>;
}

/**
 * Starts the engine for a test: a temporary Postgres, Temporal's time-skipping server, a worker that
 * runs the application's journeys, and a local mailbox instead of a mail server. It takes some
 * seconds; start it once for a file of tests.
 *
 * @example
 * const system = await startTestSystem({ app });
 * await system.identify('ada', { email: 'ada@customers.example' });
 * await system.subscribe('ada', 'email', ['offers']);
 * await system.track('ada', 'Cart Updated', { cart_id: 'c-1' });
 * await system.pass('4 hours');
 * const [reminder] = await system.mails('ada');
 * await system.stop();
 */
export async function startTestSystem(options: TestSystemOptions): Promise<TestSystem> {
  const { app, log = () => undefined } = options;
  const { cacheDir, searchPath: pathVariable, MAIL_FROM } = readConfig();
  const logger = createLogger('error');
  installTemporalRuntime('error', logger);
  const serverBinary = await findTemporalBinary({
    kind: 'test-server',
    pathVariable,
    cacheDir,
    log,
  });
  const postgres = await startTemporaryPostgres({ cacheDir, log });
  const mailboxDirectory = join(postgres.folder, 'mailbox');
  try {
    const system = await startTimeSkippingSystem({
      services: {
        app,
        databaseUrl: postgres.url,
        maxConnections: Math.min(10, Math.max(1, postgres.maxConnections - 1)),
        logger,
        links: { publicUrl: 'http://localhost', signingKey: randomBytes(32).toString('hex') },
        variables: { MAIL_FROM, ...options.variables },
        mailboxDirectory,
        processName: 'test',
      },
      serverBinary,
    });
    const api = lazyApi(system);
    return {
      ...actionsOn(system, mailboxDirectory),
      api: () => api.url(),
      async stop() {
        await api.stop();
        await system.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

function lazyApi({ services }: TimeSkippingSystem) {
  let api: ReturnType<typeof startApi> | undefined;
  return {
    async url() {
      api ??= startApi(services, {
        ...readConfig({}),
        PORT: 0,
        HOST: '127.0.0.1',
        THROUGHLINE_WRITE_KEY: 'test-write-key',
        THROUGHLINE_ADMIN_KEY: 'test-admin-key',
      });
      return (await api).url;
    },
    stop: async () => (await api)?.stop(),
  };
}

function actionsOn(
  system: TimeSkippingSystem,
  mailboxDirectory: string,
): Omit<TestSystem, 'stop' | 'api'> {
  const { services, clock } = system;

  async function customerId(userId: string): Promise<string> {
    const found = await findCustomer(services.db, `user_id:${userId}`);
    if (found.found === 'one') return found.id;
    throw new Error(`Found no customer with the user id '${userId}'; identify them first.`);
  }

  async function accept(type: 'identify' | 'track', body: object): Promise<void> {
    const answer = await services.ingest.accept([{ type, body, index: 0 }]);
    const problem = answer.errors[0] ?? answer.quarantined[0];
    if (problem !== undefined) throw new Error(problem.message);
    await system.relayed();
  }

  async function storedMessages(userId: string) {
    return services.db
      .selectFrom('messages')
      .select(['id', 'template', 'channel', 'status', 'decided_at'])
      .where('customer_id', '=', await customerId(userId))
      .orderBy('id')
      .execute();
  }

  return {
    client: system.client,
    now: () => clock.now(),
    identify: (userId, traits) => accept('identify', { userId, traits }),
    track: (userId, event, properties = {}) => accept('track', { userId, event, properties }),
    async subscribe(userId, channel, topics) {
      const now = clock.now();
      const changes = topics.map((purpose) => {
        return {
          channel,
          purpose,
          state: 'subscribed',
          source: 'test',
          proof: {},
          at: now,
        } as const;
      });
      await changeConsents(services, await customerId(userId), changes, now);
    },
    async pass(duration) {
      await system.pass(duration);
    },
    async messages(userId) {
      return (await storedMessages(userId)).map(({ template, channel, status, decided_at: at }) => {
        return { template, channel, status, at };
      });
    },
    why: (userId) => explainCustomer(services, `user_id:${userId}`),
    async mails(userId) {
      const ids = new Set((await storedMessages(userId)).map(({ id }) => id));
      const mails = await readMailbox(mailboxDirectory, { limit: Number.POSITIVE_INFINITY });
      return mails
        .filter(({ id }) => ids.has(id))
        .toReversed()
        .map(({ to, subject, text, html }) => ({ to, subject, text, html }));
    },
  };
}
