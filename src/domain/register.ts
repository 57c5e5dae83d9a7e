/**
 * The types that an application registers, once: its catalogue, its segments, and the channels that
 * it adds (`channels: typeof channels`).
 *
 * @example
 * declare module 'throughline' {
 *   interface Register {
 *     catalogue: typeof catalogue;
 *     segments: typeof segments;
 *   }
 * }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface Register {}
