import type { Door } from '../load/doorway';
import type { Population } from '../load/events';
import type { Watched } from '../stage/cpu-time';
import type { MemoryUse } from '../stage/memory-use';
import type { Stage } from '../stage/open-stage';
import { WRITE_KEY } from '../stage/ours';

/** One side of a case with everything that runs journeys. */
export interface Side {
  readonly door: Door;
  /** What its work costs: the processes of the side, and the servers that both stand on. */
  readonly watched: readonly Watched[];
  readonly worker: Watched;
  /** What the worker holds once its garbage is collected. */
  readonly workerMemory: () => Promise<MemoryUse>;
}

/** Starts all roles of both sides; each is idle while the other runs. */
export async function bothSides(
  stage: Stage,
): Promise<{ readonly bare: Side; readonly ours: Side }> {
  const { bare, ours } = stage;
  const servers = [stage.postgres, ...(await stage.temporal()).processes()];
  const [gateway, bareWorker, api, relay, worker] = await Promise.all([
    bare.gateway(),
    bare.worker(),
    ours.api(),
    ours.relay(),
    ours.worker(),
  ]);
  return {
    bare: {
      door: { side: 'bare', url: gateway.url, writeKey: '' },
      watched: [...servers, gateway, bareWorker],
      worker: bareWorker,
      workerMemory: () => bareWorker.call('memoryUse', undefined),
    },
    ours: {
      door: { side: 'ours', url: api.url, writeKey: WRITE_KEY },
      watched: [...servers, api, relay, worker],
      worker,
      workerMemory: () => worker.call('memoryUse', undefined),
    },
  };
}

let populations = 0;

/** Customers whom no run has used before. */
export function newPopulation(name: string, size: number): Population {
  return { prefix: `${name}-${++populations}-`, size };
}

/** Makes the customers known where the side has to know them: an e-mail address is needed. */
export async function makeKnown(stage: Stage, side: Side, population: Population): Promise<void> {
  if (side.door.side === 'bare') return;
  const load = await stage.load();
  await load.call('introduce', { target: side.door, population });
}
