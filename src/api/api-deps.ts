import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { ChannelProvider } from '../channels/channel';
import type { Db } from '../db/transaction';
import type { Clock } from '../domain/clock';
import type { Ingest } from '../ingest/accept';
import type { ProfileRules } from '../profiles/profile-rules';
import type { JourneyIndex } from '../enrollments/journey-index';
import type { LinkSettings } from '../links/message-links';
import type { Logger } from '../logger';
import type { CentreSettings } from './centre/centre';
import type { Retention } from '../app';
import type { ErasureDeps } from '../privacy/erasure';
import type { StoredKeys } from './auth/stored-keys';

/** The keys that callers of the API present: those of the environment, by what they may do. */
export interface ApiKeys {
  /** Has the role `ingest`. */
  readonly write: string;
  readonly admin: string;
  readonly read?: string;
  /** Those of the database; `createApi` supplies it where nobody else does. */
  readonly stored?: StoredKeys;
}

/** Everything that the HTTP API works with; `compose.ts` supplies it. */
export interface ApiDeps {
  readonly db: Db;
  readonly ingest: Ingest;
  readonly index: JourneyIndex;
  /** By what profiles and segments are computed. */
  readonly rules: ProfileRules;
  readonly clock: Clock;
  /** The Temporal client, connected when it is first needed. */
  readonly client: () => Promise<Client>;
  readonly keys: ApiKeys;
  readonly links: LinkSettings;
  /** The providers that report back, by name. */
  readonly callbackProviders?: ReadonlyMap<string, ChannelProvider>;
  /** The subscription topics that consents may name. */
  readonly topics: readonly string[];
  /** How the pages look that customers see; without it, plain. */
  readonly centre?: CentreSettings;
  /** Where mails lie when there is no mail server; null where there is one. */
  readonly mailboxDirectory: string | null;
  readonly temporalUiUrl: string | null;
  readonly namespace: string;
  readonly taskQueue: string;
  /** What is missing before events can be taken and journeys run; empty when ready. */
  readonly readiness: () => Promise<readonly string[]>;
  /** How long the oldest due row of the outbox has waited, in milliseconds; see the door. */
  readonly outboxAge: () => number;
  readonly logger: Logger;
  /** What an erasure works with. */
  readonly erasure: ErasureDeps;
  readonly retention?: Retention | undefined;
  /** How Temporal's payloads are encrypted; absent where they are not. */
  readonly codec?: PayloadCodec | undefined;
  /** The origins of pages that may have payloads decrypted. */
  readonly codecOrigins?: readonly string[];
  readonly limits?: {
    /** The age of the outbox beyond which no event is taken. Without it events always are. */
    readonly outboxMaxAgeMs?: number;
    /** How long a request may take to arrive in full. Default 30 seconds. */
    readonly requestTimeoutMs?: number;
  };
}
