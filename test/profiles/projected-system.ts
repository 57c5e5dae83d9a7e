import type { App } from '../../src/app';
import type { Services } from '../../src/compose';
import type { RawCall } from '../../src/ingest/incoming';
import { startProfileProjector, type ProfileProjector } from '../../src/profiles/profile-projector';
import type { Segments } from '../../src/domain/segments/condition';
import { sampleApp } from '../journeys/sample-app';
import { composeServices } from '../support/services';

/** Ingest and a profile projector on a clock that the test controls, without Temporal. */
export interface ProjectedSystem {
  readonly services: Services;
  readonly projector: ProfileProjector;
  readonly time: { now: Date };
  accept(...calls: readonly RawCall[]): Promise<void>;
  /** Waits until every stored change and every deadline up to now is projected. */
  settled(): Promise<void>;
  customerId(userId: string): Promise<string>;
  /** The names of the segments that a customer is in, as they are stored. */
  segmentsOf(userId: string): Promise<readonly string[]>;
  /** The customer's segment events, such as `+keen` and `-keen`, in order. */
  announcedFor(userId: string): Promise<readonly string[]>;
  /** Starts another projector on the same database with other segments, as a deployment does. */
  deploy(segments: Segments): Promise<ProfileProjector>;
  close(): Promise<void>;
}

export const START = new Date('2026-03-02T10:00:00Z');

export async function startProjected(
  segments: Segments,
  changes: { readonly app?: Partial<App>; readonly realTime?: boolean } = {},
): Promise<ProjectedSystem> {
  const time = { now: START };
  const clock = { now: () => (changes.realTime === true ? new Date() : time.now) };
  const app = { ...sampleApp, segments, ...changes.app };
  const composed = await composeServices({ app, clock });
  const [services] = composed.processes;
  const start = (rules: Services['rules']) => startProfileProjector({ ...services, rules });
  const projector = await start(services.rules);
  const projectors = [projector];

  async function customerId(userId: string): Promise<string> {
    const row = await services.db
      .selectFrom('identifiers')
      .select('customer_id')
      .where('kind', '=', 'user_id')
      .where('value', '=', userId)
      .executeTakeFirstOrThrow();
    return row.customer_id;
  }

  return {
    services,
    projector,
    time,
    customerId,
    async accept(...calls) {
      const { errors, quarantined } = await services.ingest.accept(calls);
      const problem = errors[0] ?? quarantined[0];
      if (problem !== undefined) throw new Error(problem.message);
    },
    async settled() {
      const deadline = performance.now() + 60_000;
      for (;;) {
        const states = await Promise.all(projectors.map((each) => each.isSettled()));
        if (states.every(Boolean)) return;
        if (performance.now() > deadline)
          throw new Error('The projector has not caught up within a minute.');
        for (const each of projectors) each.wake();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async segmentsOf(userId) {
      const rows = await services.db
        .selectFrom('segment_members')
        .select('segment')
        .where('customer_id', '=', await customerId(userId))
        .orderBy('segment')
        .execute();
      return rows.map(({ segment }) => segment);
    },
    async announcedFor(userId) {
      const rows = await services.db
        .selectFrom('events')
        .select(['name', 'properties'])
        .where('customer_id', '=', await customerId(userId))
        .where('name', 'in', ['Segment Entered', 'Segment Left'])
        .orderBy('seq')
        .execute();
      return rows.map(({ name, properties }) => {
        return `${name === 'Segment Entered' ? '+' : '-'}${properties['segment'] as string}`;
      });
    },
    async deploy(other) {
      const next = await start({ ...services.rules, segments: other });
      projectors.push(next);
      return next;
    },
    async close() {
      for (const each of projectors) await each.stop();
      await composed.close();
    },
  };
}

export function track(
  userId: string,
  event: string,
  properties: object = {},
  timestamp?: Date,
): RawCall {
  const at = timestamp === undefined ? {} : { timestamp: timestamp.toISOString() };
  return { type: 'track', index: 0, body: { userId, event, properties, ...at } };
}

export function identify(userId: string, traits: object): RawCall {
  return { type: 'identify', index: 0, body: { userId, traits } };
}
