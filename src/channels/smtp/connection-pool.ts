import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { abortedAt, SmtpFailureError } from './smtp-failure';

export interface SmtpPoolSettings {
  /** Connections at once; providers often allow about ten. */
  readonly maxConnections: number;
  /** Mails over one connection before it is renewed. */
  readonly maxMessagesPerConnection: number;
  /** An unused connection is closed after this time. */
  readonly idleMs: number;
}

export interface Lease {
  readonly connection: SMTPConnection;
  /** Mails that went over it before this one. */
  readonly uses: number;
}

interface IdleConnection extends Lease {
  readonly timer: NodeJS.Timeout;
}

/**
 * A bounded set of open connections. Each mail holds one of `maxConnections` slots; within its
 * slot it takes an idle connection, or opens one. What is healthy afterwards becomes idle again.
 */
export class ConnectionPool {
  readonly #settings: SmtpPoolSettings;
  readonly #open: (signal: AbortSignal) => Promise<SMTPConnection>;
  readonly #idle: IdleConnection[] = [];
  readonly #waiting: (() => void)[] = [];
  #active = 0;
  #closed = false;
  #onDrained: (() => void) | undefined;

  constructor(settings: SmtpPoolSettings, open: (signal: AbortSignal) => Promise<SMTPConnection>) {
    this.#settings = settings;
    this.#open = open;
  }

  /** Runs `work` within a slot, at most `maxConnections` at once, in the order of the calls. */
  async withSlot<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#active -= 1;
      this.#waiting.shift()?.();
      if (this.#active === 0) this.#onDrained?.();
    }
  }

  /** The connection used last that still lives, or a new one. */
  async take(signal: AbortSignal): Promise<Lease> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (!idle.connection.destroyed) return idle;
    }
    return this.takeFresh(signal);
  }

  async takeFresh(signal: AbortSignal): Promise<Lease> {
    const oldest =
      this.#idle.length + this.#active > this.#settings.maxConnections
        ? this.#idle.shift()
        : undefined;
    if (oldest) this.#discardIdle(oldest);
    return { connection: await this.#open(signal), uses: 0 };
  }

  releaseClaim({ connection, uses }: Lease): void {
    if (connection.destroyed) return;
    if (this.#closed || uses + 1 >= this.#settings.maxMessagesPerConnection) {
      return quit(connection);
    }
    const timer = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(idle), 1);
      quit(connection);
    }, this.#settings.idleMs);
    timer.unref();
    const idle = { connection, uses: uses + 1, timer };
    this.#idle.push(idle);
  }

  /** Takes no more mails, lets those under way end, and says goodbye to the server. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    for (const idle of this.#idle.splice(0)) this.#discardIdle(idle);
    if (this.#active > 0) await new Promise<void>((resolve) => (this.#onDrained = resolve));
  }

  #discardIdle({ connection, timer }: IdleConnection): void {
    clearTimeout(timer);
    quit(connection);
  }

  async #enter(signal: AbortSignal): Promise<void> {
    while (this.#active >= this.#settings.maxConnections && !this.#closed && !signal.aborted) {
      await this.#nextWake(signal);
    }
    if (signal.aborted || this.#closed) {
      this.#waiting.shift()?.(); // the slot offered to this mail goes to the next
      if (signal.aborted) throw abortedAt('waiting');
      throw new SmtpFailureError({
        phase: 'waiting',
        code: undefined,
        detail: 'the mail channel is shutting down',
        command: undefined,
        errorCode: undefined,
      });
    }
    this.#active += 1;
  }

  #nextWake(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(wake), 1);
        resolve();
      };
      this.#waiting.push(wake);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

const GOODBYE_MS = 1000;

function quit(connection: SMTPConnection): void {
  connection.quit();
  setTimeout(() => connection.close(), GOODBYE_MS).unref();
}
