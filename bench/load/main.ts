import { answerCalls } from '../stage/answer-calls';
import { listenForDeliveries, type Deliveries } from './deliveries';
import { introduce, sendIngestLoad } from './ingest-load';
import { sendJourneyLoad, type JourneyLoad } from './journey-load';
import { startAll, startInBatches, wakeAll, type StartLoad } from './start-load';
import { sendReactionLoad, startReactors, type ReactionLoad } from './reaction-load';

// The source of load is a process of its own: what it costs is counted for neither side.

export type LoadCalls = ReturnType<typeof createCalls>;

export interface LoadFacts {
  /** Where the workers of both sides report what has reached a provider. */
  readonly reportPort: number;
}

function createCalls(deliveries: Deliveries) {
  return {
    introduce,
    sendIngestLoad,
    sendJourneyLoad: (load: JourneyLoad) => sendJourneyLoad(load, deliveries),
    startInBatches,
    wakeAll,
    startAll: (load: StartLoad) => startAll(load, deliveries),
    startReactors: (load: Pick<ReactionLoad, 'door' | 'population'>) =>
      startReactors(load, deliveries),
    sendReactionLoad: (load: ReactionLoad) => sendReactionLoad(load, deliveries),
  };
}

async function main(): Promise<void> {
  const deliveries = await listenForDeliveries();
  answerCalls(createCalls(deliveries), { reportPort: deliveries.port } satisfies LoadFacts);
}

void main();
