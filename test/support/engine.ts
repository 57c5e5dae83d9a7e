import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { App } from '../../src/app';
import { createLogger } from '../../src/logger';
import { installTemporalRuntime } from '../../src/roles/temporal-runtime';
import { app as shopApp } from '../../src/workflows/app';
import { startSystemOn, type TimeSkippingSystem } from '../../src/testing/time-skipping-system';
import { cloneDatabase } from './stack';
import { startSmtpServer } from './smtp';

type SmtpServer = Awaited<ReturnType<typeof startSmtpServer>>;

export interface EngineOptions {
  readonly app?: App;
  /** The name of the variable that holds the path of the app's bundle. */
  readonly bundle?: 'TEST_SHOP_BUNDLE' | 'TEST_JOURNEYS_BUNDLE';
  /** Replaces the time-skipping server; torn down by the engine's stop. */
  readonly env?: () => Promise<TestWorkflowEnvironment>;
}

/** The whole engine on a time-skipping server, with real Postgres, real Temporal and real SMTP. */
export interface Engine extends TimeSkippingSystem {
  readonly smtp: SmtpServer;
  readonly databaseUrl: string;
  track(userId: string, event: string, properties?: object, messageId?: string): Promise<void>;
  identify(userId: string, traits: object): Promise<void>;
  /** Creates a customer with an e-mail address who is subscribed to every topic by e-mail. */
  customer(userId: string, traits?: object): Promise<string>;
  customerId(userId: string): Promise<string>;
  /** Waits, in real time, until a condition on the state holds. */
  until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T>;
}

export const LINKS = {
  publicUrl: 'http://shop.example',
  signingKey: 'a-signing-key-for-tests-of-32-chars!',
};

export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const logger = createLogger('error');
  installTemporalRuntime('error', logger);
  const database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
  const smtp = await startSmtpServer();
  const system = await startSystemOn(await (options.env ?? timeSkipping)(), {
    services: {
      app: options.app ?? shopApp,
      databaseUrl: database.url,
      maxConnections: 10,
      logger,
      links: LINKS,
      variables: { SMTP_URL: smtp.url, MAIL_FROM: 'Shop <shop@shop.example>' },
      processName: 'test',
    },
    workflowBundle: { codePath: environment(options.bundle ?? 'TEST_SHOP_BUNDLE') },
  });
  const { services, clock } = system;

  async function identify(userId: string, traits: object): Promise<void> {
    await services.ingest.accept([{ type: 'identify', body: { userId, traits }, index: 0 }]);
  }

  async function customerId(userId: string): Promise<string> {
    const { customer_id } = await services.db
      .selectFrom('identifiers')
      .select('customer_id')
      .where('kind', '=', 'user_id')
      .where('value', '=', userId)
      .executeTakeFirstOrThrow();
    return customer_id;
  }

  return {
    ...system,
    smtp,
    databaseUrl: database.url,
    identify,
    customerId,
    until,
    async track(userId, event, properties = {}, messageId) {
      const body = { userId, event, properties, ...(messageId !== undefined && { messageId }) };
      const { errors, quarantined } = await services.ingest.accept([
        { type: 'track', body, index: 0 },
      ]);
      const problem = errors[0] ?? quarantined[0];
      if (problem !== undefined) throw new Error(problem.message);
    },
    async customer(userId, traits = {}) {
      await identify(userId, { email: `${userId}@customers.example`, ...traits });
      const id = await customerId(userId);
      const topics = services.app.catalogue.topics;
      await services.db
        .insertInto('consents')
        .values(
          topics.map((purpose) => ({
            customer_id: id,
            channel: 'email',
            purpose,
            state: 'subscribed' as const,
            at: clock.now(),
          })),
        )
        .execute();
      return id;
    },
    async stop() {
      await system.stop();
      await smtp.stop();
      await database.drop();
    },
  };
}

function timeSkipping(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: environment('TEST_TEMPORAL_SERVER') } },
  });
}

export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Timed out after 90 s waiting for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A variable that set-up-stack.ts has set. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(
      `${name} is not set; the file belongs to the Jest project 'stack' (see jest.config.js).`,
    );
  return value;
}
