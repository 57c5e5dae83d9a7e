import { loadJourneys, type App } from './app';
import { connect } from './db/connect';
import { createEventMonths } from './db/event-months';
import type { Clock } from './domain/clock';
import { createIngest } from './ingest/accept';
import { indexJourneys } from './ingest/journey-index';

/**
 * What takes events in, without what makes messages of them: all that an import needs, which so is
 * spared loading the rest.
 */
export function composeIngest({
  app,
  clock,
  databaseUrl,
  maxConnections,
}: {
  readonly app: App;
  readonly clock: Clock;
  readonly databaseUrl: string;
  readonly maxConnections: number;
}) {
  const connection = connect(databaseUrl, maxConnections);
  const { db } = connection;
  const index = indexJourneys(loadJourneys(app));
  const ensureMonth = createEventMonths(db);
  const ingest = createIngest({ db, catalogue: app.catalogue, index, clock, ensureMonth });
  return { connection, index, ingest };
}
