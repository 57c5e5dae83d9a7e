/**
 * What an application tells the compiler about itself, once: its catalogue, its segments, and the
 * channels that it brings.
 *
 * ```ts
 * declare module 'throughline' {
 *   interface Register {
 *     catalogue: typeof catalogue;
 *     segments: typeof segments;
 *     channels: typeof channels;
 *   }
 * }
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface Register {}
