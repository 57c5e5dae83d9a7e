import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { abortedAt, SmtpFailureError } from './smtp-failure';

export interface SmtpPoolSettings {
  /** Maximum number of concurrent connections; providers often allow about ten. */
  readonly maxConnections: number;
  /** Mails sent over one connection before it is closed. */
  readonly maxMessagesPerConnection: number;
  /** An idle connection is closed after this many milliseconds. */
  readonly idleMs: number;
}

export interface Lease {
  readonly connection: SMTPConnection;
  /** Mails that were sent over the connection before. */
  readonly uses: number;
}

interface IdleConnection extends Lease {
  readonly timer: NodeJS.Timeout;
}

/**
 * A bounded connection pool. Each mail occupies one of `maxConnections` slots; within its slot it
 * acquires an idle connection, or opens one. Healthy connections become idle again afterwards.
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

  /** Runs `work` in a slot, at most `maxConnections` concurrently, in the order of the calls. */
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

  /** Returns the most recently used connection that is still open, or opens one. */
  async acquire(signal: AbortSignal): Promise<Lease> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (!idle.connection.destroyed) return idle;
    }
    return this.acquireNew(signal);
  }

  /** Opens a connection; closes the oldest idle one if the pool is full. */
  async acquireNew(signal: AbortSignal): Promise<Lease> {
    const oldest =
      this.#idle.length + this.#active > this.#settings.maxConnections
        ? this.#idle.shift()
        : undefined;
    if (oldest) this.#discardIdle(oldest);
    return { connection: await this.#open(signal), uses: 0 };
  }

  release({ connection, uses }: Lease): void {
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

  /** Rejects further mails, waits for mails in flight, and closes the connections with QUIT. */
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
      this.#waiting.shift()?.(); // pass the slot on to the next mail
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

const QUIT_TIMEOUT_MS = 1000;

function quit(connection: SMTPConnection): void {
  connection.quit();
  setTimeout(() => connection.close(), QUIT_TIMEOUT_MS).unref();
}
