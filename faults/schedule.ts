import type { Server } from './ground';
import type { LineFault } from './line';
import type { MailFault } from './mail-server';
import { seeded, type Random } from './random';
import type { Role } from './role-process';
import type { LineName } from './system';

/** A fault that lasts for a while and is then reverted. */
export type Fault =
  | { readonly kind: 'kill'; readonly victim: Role | Server; readonly forMs: number }
  | { readonly kind: 'mail'; readonly fault: MailFault; readonly forMs: number }
  | {
      readonly kind: 'line';
      readonly line: LineName;
      readonly fault: LineFault | 'cut';
      readonly forMs: number;
    }
  | { readonly kind: 'disk'; readonly forMs: number }
  | {
      readonly kind: 'clock';
      readonly whose: Role | 'client';
      readonly byMs: number;
      readonly forMs: number;
    };

export interface Scheduled {
  /** Milliseconds since the faults began. */
  readonly at: number;
  readonly fault: Fault;
}

/** A sequence of faults; several tracks run concurrently, so that faults overlap. */
export type Track = readonly Scheduled[];

type Draft = (random: Random) => Fault;

const kill =
  (victim: Role | Server): Draft =>
  (random) => ({ kind: 'kill', victim, forMs: random.between(200, 2_500) });
const mail =
  (fault: MailFault): Draft =>
  (random) => ({ kind: 'mail', fault, forMs: random.between(3_000, 7_000) });
const line =
  (name: LineName, ...faults: readonly [LineFault | 'cut', ...(LineFault | 'cut')[]]): Draft =>
  (random) => ({
    kind: 'line',
    line: name,
    fault: random.pick(faults),
    forMs: random.between(1_000, 4_000),
  });
const clock =
  (whose: Role | 'client', maxMs: number): Draft =>
  (random) => ({
    kind: 'clock',
    whose,
    byMs: random.between(Math.round(maxMs / 3), maxMs) * (random.chance(0.5) ? 1 : -1),
    forMs: random.between(5_000, 8_000),
  });

const HOUR_MS = 3_600_000;
const SLOW = { delayMs: 150 };

/** Each fault of a track occurs once per round, in an order by the seed. */
const PROCESSES: readonly Draft[] = [
  ...(['api', 'relay', 'worker', 'temporal', 'postgres'] as const).map(kill),
  (random) => ({ kind: 'disk', forMs: random.between(4_000, 6_000) }),
  (random) => clock(random.pick(['api', 'relay', 'worker']), 20_000)(random),
];
const MAIL: readonly Draft[] = [
  ...(['slow', 'busy', 'strict', 'vanishing'] as const).map(mail),
  line('worker-mail', 'refusing', 'cut', 'frozen'),
];
const CONNECTIONS: readonly Draft[] = [
  line('door', 'losing answers', 'frozen', 'cut', SLOW),
  line('api-postgres', 'cut', 'losing answers', 'frozen', 'refusing', SLOW),
  line('relay-postgres', 'cut', 'losing answers', 'frozen', 'refusing', SLOW),
  line('relay-temporal', 'cut', 'losing answers', 'frozen', 'refusing', SLOW),
  line('worker-postgres', 'cut', 'losing answers', 'frozen', 'refusing', SLOW),
  line('worker-temporal', 'cut', 'losing answers', 'frozen', 'refusing', SLOW),
  clock('client', 30 * HOUR_MS),
];

/**
 * The faults of a run, determined by its seed.
 *
 * @param rounds how often each fault occurs
 */
export function makeSchedule(seed: number, overMs: number, rounds: number): readonly Track[] {
  const random = seeded(seed);
  return [PROCESSES, MAIL, CONNECTIONS].map((drafts) => {
    const faults = Array.from({ length: rounds }, () => random.shuffled(drafts)).flat();
    const slot = overMs / faults.length;
    return faults.map((draft, at) => ({
      at: Math.round(slot * (at + random.between(0, 300) / 1000)),
      fault: draft(random),
    }));
  });
}
