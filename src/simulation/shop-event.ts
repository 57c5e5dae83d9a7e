/** One thing that happens to one customer of the demo's shop, at a time of the shop's own. */
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
  /** Topics that the customer agreed to on e-mail when they came. */
  readonly topics: readonly string[];
}

export interface Shop {
  /** Says in one line whose events these are. */
  readonly title: string;
  readonly customers: readonly ShopCustomer[];
  /** In the order of their time. */
  readonly events: readonly ShopEvent[];
  /** The day of the first event, for people; the demo shifts it to the server's clock. */
  readonly firstDay: string;
  /** The chance that a customer clicks a message; 0 where behaviour is a matter of record. */
  readonly clickRate: number;
}

export const HOUR_MS = 3_600_000;

/**
 * Sets what one customer does apart from the timers of what they did before: the time-skipping
 * server (1.40.0) can hang when an event reaches a journey at the very moment at which its timer
 * fires, and journeys count in whole hours and days.
 */
export const APART_MS = 7 * 60_000;
export const DAY_MS = 24 * HOUR_MS;
