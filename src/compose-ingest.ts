import type { App } from './app';
import { loadJourneys } from './app/load-journeys';
import { connect } from './db/connect';
import { createEventMonths } from './db/event-months';
import type { Clock } from './domain/clock';
import { createIngest } from './ingest/ingest';
import { checkSegments } from './domain/segments/check-segments';
import { indexJourneys } from './enrollments/journey-index';
import { indexChanges } from './profiles/change-index';
import { rulesOf } from './profiles/profile-rules';
import type { LinkSettings } from './links/message-links';

/**
 * What accepts events, without what sends messages: all that an import needs, so that it loads no more.
 */
export function composeIngest({
  app,
  clock,
  databaseUrl,
  maxConnections,
  links,
}: {
  readonly app: App;
  readonly clock: Clock;
  readonly databaseUrl: string;
  readonly maxConnections: number;
  /** Without it, no visitor is recognised by a click in a message. */
  readonly links?: Pick<LinkSettings, 'signingKey'>;
}) {
  const connection = connect(databaseUrl, maxConnections);
  const { db } = connection;
  const index = indexJourneys(loadJourneys(app));
  const ensureMonth = createEventMonths(db);
  const rules = rulesOf(app);
  checkSegments(rules.segments);
  const { identity, softBounces } = app.policy;
  const ingest = createIngest({
    db,
    catalogue: app.catalogue,
    index,
    changes: indexChanges(rules.segments),
    clock,
    ensureMonth,
    identity,
    softBounces,
    signingKey: links?.signingKey,
  });
  return { connection, index, ingest, rules };
}
