/**
 * The only source of "now" outside workflows. Production reads the machine's clock; the demo and
 * the tests read the clock of the time-skipping server, so that a year passes in seconds.
 */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
