import { z } from 'zod';
import { BUILT_IN_CHANNELS } from './built-in';
import type { ChannelDefinition } from './channel-definition';
import type { ChannelKind } from './message-content';

export type { ChannelKind } from './message-content';

/** From this number on, wire ids belong to applications. */
const FIRST_APPLICATION_WIRE_ID = 128;

/**
 * The channels of this process. An application's are added once, when its module is loaded; nothing
 * removes one. The workflow sandbox only ever has those of the engine, so nothing that runs there
 * may depend on them.
 */
const registry = new Map<string, ChannelDefinition>();
for (const definition of BUILT_IN_CHANNELS) add(definition);

/**
 * Adds the channels of an application. Adding the same definition again changes nothing.
 *
 * @throws {Error} a kind or wire id that is taken, or a wire id or kind that is not an application's
 */
export function registerChannels(definitions: readonly ChannelDefinition[]): void {
  for (const definition of definitions) {
    const { kind, wireId } = definition;
    if (registry.get(kind) === definition) continue;
    if (!Number.isInteger(wireId) || wireId < FIRST_APPLICATION_WIRE_ID || wireId > 255) {
      throw new Error(
        `The channel '${kind}' has the wire id ${wireId}; expected ${FIRST_APPLICATION_WIRE_ID} to 255, which belong to applications. Choose one that no channel of yours has ever had.`,
      );
    }
    add(definition);
  }
}

function add(definition: ChannelDefinition): void {
  const { kind, wireId } = definition;
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(kind)) {
    throw new Error(
      `Found the channel kind '${kind}'; expected lower-case letters, digits and hyphens, at most 31. Rename it.`,
    );
  }
  if (registry.has(kind)) {
    throw new Error(
      `Found two definitions of the channel '${kind}'; expected one. Rename one of them, or remove it.`,
    );
  }
  const other = channelByWireId(wireId);
  if (other !== undefined) {
    throw new Error(
      `The channels '${other.kind}' and '${kind}' both have the wire id ${wireId}; expected different ones, because links carry them. Give '${kind}' one that no channel has ever had.`,
    );
  }
  registry.set(kind, definition);
}

export function channelDefinitions(): readonly ChannelDefinition[] {
  return [...registry.values()];
}

export function channelKinds(): readonly ChannelKind[] {
  return channelDefinitions().map(({ kind }) => kind as ChannelKind);
}

export function isChannelKind(value: unknown): value is ChannelKind {
  return typeof value === 'string' && registry.has(value);
}

/** @returns undefined for a kind that no channel has, or has any more */
export function channelDefinition(kind: string): ChannelDefinition | undefined {
  return registry.get(kind);
}

/** @returns the channel whose wire id it is */
export function channelByWireId(wireId: number): ChannelDefinition | undefined {
  return channelDefinitions().find((each) => each.wireId === wireId);
}

/** A text that is the kind of a channel; in a JSON Schema, an enum of those known by then. */
export const channelKindSchema = z
  .string()
  .refine(isChannelKind, { error: () => `expected one of ${channelKinds().join(', ')}` })
  .meta({
    get enum() {
      return channelKinds();
    },
  });
