import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../report/statistics';
import { batchOf, identifyCall, trackCall, type EventKind, type Population } from './events';
import { createSender, sendOrThrow, type Target } from './http-sender';

export interface IngestLoad {
  readonly target: Target;
  readonly kind: EventKind;
  readonly population: Population;
  /** Events a request; 1 for single events. */
  readonly batch: number;
  /** Requests at a time. */
  readonly concurrency: number;
  readonly seconds: number;
  /** The most events a second; as many as are answered where it is absent. */
  readonly rate?: number;
}

export interface IngestResult {
  readonly events: number;
  readonly seconds: number;
  /** Milliseconds from request to answer. */
  readonly p50: number;
  readonly p99: number;
}

/** Posts events as fast as they are answered, so many requests at a time, for so long. */
export async function sendIngestLoad(load: IngestLoad): Promise<IngestResult> {
  const { batch, concurrency, population, kind } = load;
  const sender = createSender(load.target, concurrency);
  const times: number[] = [];
  let made = 0;
  const next = () => trackCall(kind, `${population.prefix}${made++ % population.size}`);
  const began = performance.now();
  const until = began + load.seconds * 1000;
  async function lane(): Promise<void> {
    while (performance.now() < until) {
      const body = batch === 1 ? next() : batchOf(Array.from({ length: batch }, next));
      const sent = performance.now();
      await sendOrThrow(sender, batch === 1 ? '/v1/track' : '/v1/batch', body);
      times.push(performance.now() - sent);
      if (load.rate !== undefined)
        await pause(Math.max(0, began + (made * 1000) / load.rate - performance.now()));
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, lane));
  } finally {
    sender.close();
  }
  return {
    events: times.length * batch,
    seconds: (performance.now() - began) / 1000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}

export interface Introduction {
  readonly target: Target;
  readonly population: Population;
  /** The event to send once for each, after the customer is known. */
  readonly then?: EventKind;
}

/** Makes customers known, each with an e-mail address, and sends one event for each if wanted. */
export async function introduce({ target, population, then }: Introduction): Promise<void> {
  const sender = createSender(target, 4);
  const ids = Array.from({ length: population.size }, (_, at) => `${population.prefix}${at}`);
  const calls = ids.flatMap((id) =>
    then === undefined ? [identifyCall(id)] : [identifyCall(id), trackCall(then, id)],
  );
  const batches = Array.from({ length: Math.ceil(calls.length / 100) }, (_, at) =>
    batchOf(calls.slice(at * 100, (at + 1) * 100)),
  );
  try {
    const lane = async () => {
      for (let body = batches.pop(); body !== undefined; body = batches.pop()) {
        await sendOrThrow(sender, '/v1/batch', body);
      }
    };
    await Promise.all([lane(), lane()]);
  } finally {
    sender.close();
  }
}
