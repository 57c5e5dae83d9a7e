import type { RoutedEvent } from '../journey/journey-event';
import type { JourneyOptions } from '../journey/options';

/** A customer who may enter a journey. */
export interface EntryRequest {
  readonly customerId: string;
  readonly journey: string;
  readonly options: JourneyOptions;
  readonly key: string;
  readonly event: RoutedEvent | null;
  /** The id of the stored event that caused the entry, if there is one. */
  readonly eventId: string | null;
  /** The customer's sequence number at the entry. */
  readonly seq: number;
  readonly now: Date;
}
