import type { ChannelProvider, OutgoingMessage } from '../../src/channels/channel';
import {
  PermanentSendError,
  SendError,
  SuppressedError,
  TransientSendError,
  UnknownOutcomeError,
} from '../../src/channels/errors';

/** How a provider's real counterpart can be made to treat the next message. */
interface Provocations {
  /** Refuses for now. */
  readonly transient: () => void | Promise<void>;
  /** Refuses for good. */
  readonly permanent?: () => void | Promise<void>;
  /** Says that the address is dead. */
  readonly suppressed?: () => void | Promise<void>;
  /** Gets the whole message and is gone before it answers. */
  readonly unknown?: () => void | Promise<void>;
  /** Gets the whole message and answers once released. */
  readonly hold?: () => Promise<{
    /** Resolves once the counterpart has the message. */
    readonly reached: Promise<void>;
    readonly release: () => void;
  }>;
  /** Takes everything, as it does at the start. */
  readonly accept: () => void | Promise<void>;
}

interface ChannelHarness {
  readonly provider: ChannelProvider;
  readonly message: OutgoingMessage;
  readonly provoke: Provocations;
  /** How many requests the counterpart has seen, whatever it made of them. */
  requests(): number;
  /** The ids of the messages that the counterpart has, in their order. */
  arrived(): Promise<readonly string[]> | readonly string[];
  stop(): Promise<void>;
}

/** What not every counterpart can do: an inbox never calls an address dead. */
type Capability = Exclude<keyof Provocations, 'transient' | 'accept'>;

interface ContractOptions {
  readonly can: readonly Capability[];
  readonly start: () => Promise<ChannelHarness>;
}

/** What every provider promises, whatever it talks to. */
export function describeChannelContract(name: string, { start, can }: ContractOptions): void {
  describe(`${name} meets the channel contract: it`, () => {
    let harness: ChannelHarness;
    const never = new AbortController().signal;
    const deliver = (signal = never) => harness.provider.deliver(harness.message, signal);

    beforeEach(async () => {
      harness = await start();
    });
    afterEach(async () => {
      await harness.provoke.accept();
      await harness.provider.close();
      await harness.stop();
    });

    it('returns a receipt after the message arrived', async () => {
      const receipt = await deliver();
      // Opaque: most providers make ids of their own.
      expect(receipt.providerMessageId).toMatch(/^.{1,255}$/);
      expect(receipt.response.length).toBeLessThanOrEqual(500);
      expect(await harness.arrived()).toEqual([harness.message.id]);
    });

    it('deduplicates a message id if it is declared idempotent, and only then', async () => {
      const first = await deliver();
      const second = await deliver();
      const { message, provider } = harness;
      expect(await harness.arrived()).toEqual(
        provider.idempotent ? [message.id] : [message.id, message.id],
      );
      if (provider.idempotent) expect(second.providerMessageId).toBe(first.providerMessageId);
    });

    it.each(['accept', 'transient', ...can.filter((each) => each !== 'hold')] as const)(
      'makes exactly one request when its counterpart answers: %s',
      async (answer) => {
        await harness.provoke[answer]!();
        await deliver().catch((error: unknown) => expect(error).toBeInstanceOf(SendError));
        expect(harness.requests()).toBe(1);
      },
    );

    it('throws a transient error for a temporary rejection, and delivers afterwards', async () => {
      await harness.provoke.transient();
      await expectFailure(deliver(), TransientSendError);
      expect(await harness.arrived()).toEqual([]);
      await harness.provoke.accept();
      await deliver();
      expect(await harness.arrived()).toEqual([harness.message.id]);
    });

    if (can.includes('permanent'))
      it('throws a permanent error for a permanent rejection', async () => {
        await harness.provoke.permanent!();
        await expectFailure(deliver(), PermanentSendError);
        expect(await harness.arrived()).toEqual([]);
      });

    it('throws a permanent error for content of another channel', async () => {
      const content = { channel: 'whatsapp', text: 'hi' } as const;
      const sending = harness.provider.deliver({ ...harness.message, content }, never);
      await expectFailure(sending, PermanentSendError);
    });

    if (can.includes('suppressed'))
      it('suppresses an address that the service reports as dead', async () => {
        await harness.provoke.suppressed!();
        await expectFailure(deliver(), SuppressedError);
        expect(await harness.arrived()).toEqual([]);
      });

    if (can.includes('unknown'))
      it('throws an unknown outcome if the response is lost', async () => {
        await harness.provoke.unknown!();
        await expectFailure(deliver(), UnknownOutcomeError);
      });

    it('sends nothing if it is aborted before it starts', async () => {
      await expectFailure(deliver(AbortSignal.abort()), TransientSendError);
      expect(await harness.arrived()).toEqual([]);
    });

    if (can.includes('hold'))
      it('throws by the phase it reached if it is aborted while the service has the message', async () => {
        const { reached, release } = await harness.provoke.hold!();
        const abort = new AbortController();
        const sending = expectFailure(
          deliver(abort.signal),
          harness.provider.idempotent ? TransientSendError : UnknownOutcomeError,
        );
        await reached;
        abort.abort();
        await sending;
        release();
      });

    if (can.includes('hold'))
      it('does not resolve before the service accepted the message', async () => {
        const { reached, release } = await harness.provoke.hold!();
        let settled = false;
        const sending = deliver().finally(() => (settled = true));
        await reached;
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(settled).toBe(false);
        release();
        await sending;
      });

    /** The class, a sentence, and nothing personal in it: it ends in a workflow's history. */
    async function expectFailure(
      sending: Promise<unknown>,
      expected: abstract new (...args: never[]) => SendError,
    ): Promise<void> {
      const error: unknown = await sending.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(expected);
      const message = error instanceof Error ? error.message : '';
      expect(message).toMatch(/^[A-Z].*[.]$/s);
      expect(message).not.toContain(harness.message.address);
      expect(message.length).toBeLessThan(700);
    }
  });
}
