/**
 * Settings of a function that reads a queue in index order. The planner's statistics of a queue are
 * always out of date; these settings keep it from scanning and sorting the whole table.
 */
export const IN_INDEX_ORDER =
  'set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off set jit = off';
