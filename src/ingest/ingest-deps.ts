import type { Db } from '../db/transaction';
import type { SoftBounceRule } from '../domain/consent/bounces';
import type { Clock } from '../domain/clock';
import type { IdentityPolicy } from '../domain/identity/identifier';
import type { CatalogueShape } from '../journey/register';
import type { JourneyIndex } from '../enrollments/journey-index';
import type { ChangeIndex } from '../profiles/change-index';

export interface IngestDeps {
  readonly db: Db;
  readonly catalogue: CatalogueShape;
  readonly index: JourneyIndex;
  /** Which events profiles and segments look at. */
  readonly changes: ChangeIndex;
  readonly clock: Clock;
  readonly identity?: IdentityPolicy | undefined;
  /** With what the links in messages are signed; without it no visitor is recognised. */
  readonly signingKey?: string | undefined;
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
