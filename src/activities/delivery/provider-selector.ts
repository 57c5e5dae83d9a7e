import type { ChannelProvider, ProviderChain, ProviderChains } from '../../channels/channel';
import type { ChannelKind } from '../../domain/channels/channel-kind';
import { CircuitBreaker } from './circuit-breaker';

/** How many failures in a row open a provider's circuit breaker. */
const MAX_FAILURES = 3;

/** How long a breaker stays open; messages go to another provider of the chain, if there is one. */
const COOL_DOWN_MS = 30_000;

/** After the first round, a message changes its provider after this many failed attempts. */
const ATTEMPTS_PER_PROVIDER = 5;

interface Health {
  failures: number;
  readonly breaker: CircuitBreaker;
}

/**
 * Selects the provider of a channel's chain for a message. Skips a provider while its circuit breaker
 * is open; if all are open, selects the first one. Breakers are not shared between processes.
 */
export class ProviderSelector {
  readonly #chains: ProviderChains;
  readonly #elapsed: () => number;
  readonly #health = new Map<string, Health>();

  /** @param elapsed milliseconds of a monotonic clock, such as `performance.now` */
  constructor(chains: ProviderChains, elapsed: () => number) {
    this.#chains = chains;
    this.#elapsed = elapsed;
  }

  has(channel: ChannelKind): boolean {
    return this.#chains.has(channel);
  }

  /** The provider to use for a new message of the channel. */
  get(channel: ChannelKind): ChannelProvider | undefined {
    const chain = this.#chains.get(channel);
    return chain?.find((each) => this.#isAvailable(each)) ?? chain?.[0];
  }

  named(channel: ChannelKind, name: string): ChannelProvider | undefined {
    return this.#chains.get(channel)?.find((each) => each.name === name);
  }

  /** The provider to use instead of one whose breaker is open; undefined to keep it. */
  replacementFor({ channel, name }: ChannelProvider): ChannelProvider | undefined {
    const provider = this.named(channel, name);
    if (provider === undefined || this.#isAvailable(provider)) return undefined;
    return this.#chains.get(channel)?.find((each) => this.#isAvailable(each));
  }

  /**
   * Selects the provider for the next attempt of a message that was certainly not sent. In the first
   * round each provider of the chain is tried immediately; after that the provider changes every few
   * attempts.
   *
   * @param attempt the number of the attempt that failed, from 1
   * @returns the provider, and the number of failures for the backoff; 0 for no delay
   */
  afterFailure(
    failed: ChannelProvider,
    attempt: number,
  ): { readonly provider: ChannelProvider; readonly failures: number } {
    const chain = this.#chains.get(failed.channel) ?? [failed];
    const failures = Math.max(0, attempt - chain.length + 1);
    const changes = failures === 0 || attempt % ATTEMPTS_PER_PROVIDER === 0;
    return { provider: changes ? this.#nextIn(chain, failed) : failed, failures };
  }

  /** Records the outcome of a call. A refused message is not a failure of the provider. */
  record({ name }: ChannelProvider, failed: boolean): void {
    const health = this.#healthOf(name);
    if (!failed) {
      health.failures = 0;
      health.breaker.recordSuccess();
      return;
    }
    health.failures++;
    if (health.failures >= MAX_FAILURES) health.breaker.recordFailure();
  }

  #nextIn(chain: ProviderChain, { name }: ChannelProvider): ChannelProvider {
    const index = chain.findIndex((each) => each.name === name);
    const others = [...chain.slice(index + 1), ...chain.slice(0, Math.max(0, index))];
    return others.find((each) => this.#isAvailable(each)) ?? others[0] ?? chain[0];
  }

  #isAvailable({ name }: ChannelProvider): boolean {
    return this.#health.get(name)?.breaker.state !== 'open';
  }

  #healthOf(name: string): Health {
    let health = this.#health.get(name);
    if (health === undefined) {
      health = { failures: 0, breaker: new CircuitBreaker(this.#elapsed, COOL_DOWN_MS) };
      this.#health.set(name, health);
    }
    return health;
  }
}
