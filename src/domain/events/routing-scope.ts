/**
 * Which enrollments an event can affect.
 *
 * - `all`: it starts enrollments, and is routed to active ones.
 * - `active`: it is routed to active enrollments and starts none. For imported current state, such
 *   as traits.
 * - `none`: it is stored and counted, but not routed. For imported history: a year of old orders
 *   must neither start enrollments nor reach the goals of active ones.
 */
export type RoutingScope = 'all' | 'active' | 'none';

/** How an import differs from a request. */
export interface AcceptOptions {
  readonly scope?: RoutingScope;
  /**
   * True for rows of a file. An event that does not match its schema is then an error and is not
   * quarantined, since a replay would treat it as a live event. The engine's own events may be restored.
   */
  readonly imported?: boolean;
}
