import { isChannelKind } from '../domain/channels/channel-kind';
import type { ChannelKind } from '../domain/channels/message-content';
import type { ChannelProvider, ProviderChains } from './channel';
import type { ProviderDefinition } from './define-provider';

/** Values keyed by the names of environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Opens every provider whose settings are present, as one chain per channel, in the given order.
 *
 * @throws {Error} if two providers have the same name, a channel is unknown, or settings are invalid
 */
export function openChains({
  definitions,
  variables,
  costs = {},
}: {
  readonly definitions: readonly ProviderDefinition[];
  readonly variables: Variables;
  /** Cost of one message in the shop's currency if the provider has no `costOf`; default 0. */
  readonly costs?: Partial<Readonly<Record<ChannelKind, number>>>;
}): ProviderChains {
  checkNames(definitions);
  const chains = new Map<ChannelKind, [ChannelProvider, ...ChannelProvider[]]>();
  const inOrder = definitions.toSorted((a, b) => Number(a.onlyAlone) - Number(b.onlyAlone));
  for (const definition of inOrder) {
    const { channel, onlyAlone } = definition;
    const chain = chains.get(channel);
    if (onlyAlone && chain !== undefined) continue;
    const settings = settingsIn(definition, variables);
    if (settings === undefined) continue;
    const provider = definition.open(settings, costs[channel]);
    if (chain === undefined) chains.set(channel, [provider]);
    else chain.push(provider);
  }
  return chains;
}

function checkNames(definitions: readonly ProviderDefinition[]): void {
  const names = new Set<string>();
  for (const { name, channel } of definitions) {
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
      throw new Error(
        `Found the provider '${name}'; expected lower-case letters, digits and hyphens, at most 31. Rename it.`,
      );
    }
    if (names.has(name)) {
      throw new Error(
        `Found two providers called '${name}'; expected unique names, because rows and callbacks refer to providers by name. Rename one of them.`,
      );
    }
    names.add(name);
    if (!isChannelKind(channel)) {
      throw new Error(
        `The provider '${name}' is for the channel '${String(channel)}', which does not exist. Add the channel to defineApp({ channels }), or correct the name.`,
      );
    }
  }
}

/** @returns undefined if a required variable is absent; the provider is then not opened */
function settingsIn(
  { name, settings: schema }: ProviderDefinition,
  variables: Variables,
): Variables | undefined {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((key) => {
      const value = variables[key];
      return value === undefined || value === '' ? [] : [[key, value]];
    }),
  );
  const result = schema.safeParse(given);
  if (result.success) return given;
  const { issues } = result.error;
  if (issues.some(({ path: [key = ''] }) => !Object.hasOwn(given, key))) return undefined;
  // The value may be a secret, so the error does not contain it.
  const problems = issues.map(({ path: [key = ''], message }) => `${String(key)}: ${message}`);
  throw new Error(
    `The provider '${name}' cannot use its settings (${problems.join('; ')}). Correct these variables.`,
  );
}
