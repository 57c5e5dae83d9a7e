import type { ReactionResult } from '../load/reaction-load';
import { compare, type Sample } from '../report/compare';
import type { Row } from '../report/row';
import { atMostTimes } from '../report/targets';
import type { BenchCase, CaseContext } from './bench-case';
import { inTurn } from './in-turn';
import { measured } from './measured';
import { bothSides, makeKnown, newPopulation, type Side } from './sides';

/** Events a second at which the target holds. */
export const STEADY_RATE = 20;
/** So many customers react; each to every so-manieth event. */
const REACTORS = 40;
/** Near saturation is this share of what the side reacts to at most. */
const NEAR = 0.8;

type Reacted = ReactionResult & Pick<Sample, 'cpu'>;

/** From the event over HTTP to the call of the provider. */
export const reaction: BenchCase = {
  name: 'reaction',
  title: 'Reaction time from an HTTP event to the call of the provider',
  run: runReaction,
};

async function runReaction(context: CaseContext): Promise<readonly Row[]> {
  const { quick, stage, say } = context;
  say('starting all roles');
  const { bare, ours } = await bothSides(stage);
  const size = quick ? 20 : REACTORS;
  const bareSide = await withReactors(context, bare, size);
  const ourSide = await withReactors(context, ours, size);
  const seconds = quick ? 4 : 30;
  await bareSide({ rate: STEADY_RATE, seconds: 2 });
  await ourSide({ rate: STEADY_RATE, seconds: 2 });
  const steady = await inTurn(context, {
    bare: () => bareSide({ rate: STEADY_RATE, seconds }),
    ours: () => ourSide({ rate: STEADY_RATE, seconds }),
  });
  say('looking for the most that each side reacts to');
  const most = await inTurn(context, {
    bare: () => bareSide({ seconds: quick ? 2 : 10 }),
    ours: () => ourSide({ seconds: quick ? 2 : 10 }),
  });
  const bareMost = rateOf(most.bare);
  const ourMost = rateOf(most.ours);
  const near = await inTurn(context, {
    bare: () => bareSide({ rate: NEAR * bareMost, seconds: quick ? 2 : 15 }),
    ours: () => ourSide({ rate: NEAR * ourMost, seconds: quick ? 2 : 15 }),
  });
  const row = (
    what: string,
    taken: typeof steady,
    value: (run: Reacted) => number,
    target?: ReturnType<typeof atMostTimes>,
  ) =>
    compare({
      case: 'reaction',
      what,
      unit: 'ms',
      bare: taken.bare.map((run) => ({ ...run, value: value(run), units: run.reactions })),
      ours: taken.ours.map((run) => ({ ...run, value: value(run), units: run.reactions })),
      ...(target !== undefined && { target }),
    });
  return [
    row(`Reaction at ${STEADY_RATE}/s, p50`, steady, ({ p50 }) => p50),
    row(`Reaction at ${STEADY_RATE}/s, p99`, steady, ({ p99 }) => p99, atMostTimes(2)),
    row('Reaction near saturation, p50', near, ({ p50 }) => p50),
    row('Reaction near saturation, p99', near, ({ p99 }) => p99),
    compare({
      case: 'reaction',
      what: `Reactions a second, ${size} at a time`,
      unit: 'reactions/s',
      bare: most.bare.map((run) => ({ ...run, value: rateOf([run]), units: run.reactions })),
      ours: most.ours.map((run) => ({ ...run, value: rateOf([run]), units: run.reactions })),
    }),
  ];
}

function rateOf(runs: readonly ReactionResult[]): number {
  return Math.min(...runs.map(({ reactions, seconds }) => reactions / seconds));
}

/** Puts customers into the reactor journey, and answers how to make them react. */
export async function withReactors(context: CaseContext, side: Side, size: number) {
  const { stage, say } = context;
  const load = await stage.load();
  const population = newPopulation('reactor', size);
  say(`starting ${size} reactors, ${side.door.side}`);
  await makeKnown(stage, side, population);
  await load.call('startReactors', { door: side.door, population });
  return async (given: { readonly seconds: number; readonly rate?: number }): Promise<Reacted> => {
    const { result, cpu } = await measured(side.watched, () =>
      load.call('sendReactionLoad', { door: side.door, population, ...given }),
    );
    return { ...result, cpu };
  };
}
