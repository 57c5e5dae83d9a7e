import { compare } from '../report/compare';
import type { Row } from '../report/row';
import { atMost } from '../report/targets';
import type { BenchCase, CaseContext } from './bench-case';
import { withReactors } from './reaction';
import { bothSides, newPopulation, type Side } from './sides';

/** Events a second that others react to meanwhile. */
const RATE = 10;
/** The bare client starts with so many calls at a time, as a plain importer would. */
const BARE_STARTS_AT_ONCE = 48;
const MAX_REACTION_MS = 2_000;

/** Many enrollments at once, while the journeys of others go on reacting. */
export const burst: BenchCase = {
  name: 'burst',
  title: 'Reaction of others during a burst of enrollments',
  run: runBurst,
};

async function runBurst(context: CaseContext): Promise<readonly Row[]> {
  const { quick, stage, say } = context;
  say('starting all roles');
  const sides = await bothSides(stage);
  const react = {
    bare: await withReactors(context, sides.bare, 20),
    ours: await withReactors(context, sides.ours, 20),
  };
  const size = quick ? 300 : 10_000;
  const seconds = quick ? 5 : 90;

  async function run(side: Side) {
    say(`a burst of ${size} enrollments, ${side.door.side}`);
    const load = await stage.load();
    const population = newPopulation('burst', size);
    const given = { door: side.door, story: 'parked' as const, population };
    const enrolling =
      side.door.side === 'ours'
        ? load.call('startInBatches', given)
        : load.call('startAll', {
            ...given,
            concurrency: BARE_STARTS_AT_ONCE,
            deliveries: 0,
            seconds,
          });
    const reacted = await react[side.door.side]({ rate: RATE, seconds });
    await enrolling;
    return { ...reacted, units: reacted.reactions };
  }

  // Once only: what is left of a burst would still be starting when the next one comes.
  const bare = await run(sides.bare);
  const ours = await run(sides.ours);
  const row = (what: string, value: 'p50' | 'p99', target?: ReturnType<typeof atMost>) =>
    compare({
      case: 'burst',
      what,
      unit: 'ms',
      bare: [{ ...bare, value: bare[value] }],
      ours: [{ ...ours, value: ours[value] }],
      ...(target !== undefined && { target }),
    });
  const during = `Reaction while ${size.toLocaleString('en')} others enter`;
  return [
    row(`${during}, p50`, 'p50'),
    row(`${during}, p99`, 'p99', atMost(MAX_REACTION_MS, 'ms')),
  ];
}
