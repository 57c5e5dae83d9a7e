/** An event of one customer of a simulated shop. */
export interface ShopEvent {
  readonly userId: string;
  /** Milliseconds since the shop's first event. */
  readonly at: number;
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ShopCustomer {
  readonly userId: string;
  readonly email: string;
  /** The topics that the customer subscribes to on e-mail with their first event. */
  readonly topics: readonly string[];
}

export interface Shop {
  /** A description in one line. */
  readonly title: string;
  readonly customers: readonly ShopCustomer[];
  /** Ordered by `at`. */
  readonly events: readonly ShopEvent[];
  /** The day of the first event, for display; the events themselves are moved to the server's time. */
  readonly firstDay: string;
  /** The probability that a customer clicks a message; 0 for recorded behaviour. */
  readonly clickRate: number;
}

export const HOUR_MS = 3_600_000;

/**
 * Added to the times of events, so that they do not coincide with the timers of journeys, which count
 * in whole hours and days: the time-skipping server (1.40.0) can hang when an event reaches a journey
 * at the time at which its timer fires.
 */
export const OFFSET_MS = 7 * 60_000;
export const DAY_MS = 24 * HOUR_MS;
