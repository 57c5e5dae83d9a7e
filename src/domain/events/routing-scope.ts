/**
 * How far into the journeys an event reaches.
 *
 * - `everything`: it lets customers in, and means to running journeys what they make of it.
 * - `running`: it lets nobody in. What holds from now on, such as imported traits, is of this kind.
 * - `nothing`: it is stored and counted, and no journey is told. History is of this kind: a year of
 *   old orders must neither start journeys nor fulfil the goals of those that run.
 */
export type RoutingScope = 'all' | 'active' | 'none';

/** What tells a request from an import. */
export interface AcceptOptions {
  readonly scope?: RoutingScope;
  /**
   * True for rows of a file: what does not fit its declaration is an error, not kept in quarantine,
   * from where it would be replayed as news; and records of the engine's own may be restored.
   */
  readonly imported?: boolean;
}
