import type { Db } from '../db/transaction';
import type { SoftBounceRule } from '../domain/consent/bounces';
import type { Clock } from '../domain/clock';
import type { CatalogueShape } from '../journey/register';
import type { JourneyIndex } from './journey-index';

export interface IngestDeps {
  readonly db: Db;
  readonly catalogue: CatalogueShape;
  readonly index: JourneyIndex;
  readonly clock: Clock;
  /** When soft bounces forbid an address; without it, by the usual rule. */
  readonly softBounces?: SoftBounceRule | undefined;
  /** Makes sure that events of this month can be stored. */
  readonly ensureMonth: (receivedAt: Date) => Promise<void>;
}

/** Whose message an event is about. */
export interface MessageOwner {
  readonly customerId: string;
  readonly enrollmentId: string;
}
