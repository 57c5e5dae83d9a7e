import type { ChannelProvider } from '../channels/channel';
import type { CentreSettings } from './centre/centre';
import type { Retention } from '../app';
import type { Services } from '../compose';
import type { StoredKeys } from './auth/stored-keys';

/** The API keys of the environment, and those of the database. */
export interface ApiKeys {
  /** Has the role `ingest`. */
  readonly write: string;
  readonly admin: string;
  readonly read?: string;
  /** Those of the database; `createApi` supplies a default. */
  readonly stored?: StoredKeys;
}

/** What the HTTP API works with: services of the process, and what only an API has. */
export interface ApiDeps
  extends
    Pick<
      Services,
      | 'db'
      | 'ingest'
      | 'index'
      | 'rules'
      | 'clock'
      | 'client'
      | 'links'
      | 'namespace'
      | 'taskQueue'
      | 'logger'
      | 'erasure'
    >,
    Partial<Pick<Services, 'codec'>> {
  readonly keys: ApiKeys;
  /** The providers that report back, by name. */
  readonly callbackProviders?: ReadonlyMap<string, ChannelProvider>;
  /** The subscription topics that consents may name. */
  readonly topics: readonly string[];
  /** The look of the pages that customers see; by default plain. */
  readonly centre?: CentreSettings;
  /** The folder of mails while no mail server is configured; null where one is. */
  readonly mailboxDirectory: string | null;
  readonly temporalUiUrl: string | null;
  /** What is missing before events can be accepted and journeys run; empty when ready. */
  readonly readiness: () => Promise<readonly string[]>;
  /** How long the oldest due row of the outbox has waited, in milliseconds; see backpressure. */
  readonly outboxAge: () => number;
  readonly retention?: Retention | undefined;
  /** The origins of pages that may have payloads decrypted. */
  readonly codecOrigins?: readonly string[];
  readonly limits?: {
    /** The age of the outbox beyond which events are refused. By default they never are. */
    readonly outboxMaxAgeMs?: number;
    /** How long a request may take to arrive in full. Default 30 seconds. */
    readonly requestTimeoutMs?: number;
  };
}
