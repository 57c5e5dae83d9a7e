import type { App } from '../../src/app';
import type { Services } from '../../src/compose';
import type { RawCall } from '../../src/ingest/incoming';
import { startProfileProjector, type ProfileProjector } from '../../src/profiles/profile-projector';
import type { Segments } from '../../src/domain/segments/condition';
import { sampleApp } from '../journeys/sample-app';
import { composeServices } from '../support/services';

/** Ingest with a follower behind it, on a clock that the test moves. No Temporal. */
export interface Followed {
  readonly services: Services;
  readonly follower: ProfileProjector;
  readonly time: { now: Date };
  accept(...calls: readonly RawCall[]): Promise<void>;
  /** Until everything is followed that was stored, and that is due by now. */
  settled(): Promise<void>;
  customerId(userId: string): Promise<string>;
  /** The names of the segments that a customer is in, as they are stored. */
  segmentsOf(userId: string): Promise<readonly string[]>;
  /** What was told of the customer's segments, such as `+keen` and `-keen`, in its order. */
  toldOf(userId: string): Promise<readonly string[]>;
  /** A further follower on the same database, with these segments, as a deployment starts it. */
  deploy(segments: Segments): Promise<ProfileProjector>;
  close(): Promise<void>;
}

export const START = new Date('2026-03-02T10:00:00Z');

export async function startFollowed(
  segments: Segments,
  changes: { readonly app?: Partial<App>; readonly realTime?: boolean } = {},
): Promise<Followed> {
  const time = { now: START };
  const clock = { now: () => (changes.realTime === true ? new Date() : time.now) };
  const app = { ...sampleApp, segments, ...changes.app };
  const composed = await composeServices({ app, clock });
  const [services] = composed.processes;
  const follow = (rules: Services['rules']) => startProfileProjector({ ...services, rules });
  const follower = await follow(services.rules);
  const followers = [follower];

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
    follower,
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
        const states = await Promise.all(followers.map((each) => each.isSettled()));
        if (states.every(Boolean)) return;
        if (performance.now() > deadline) throw new Error('The follower is not done in a minute.');
        for (const each of followers) each.wake();
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
    async toldOf(userId) {
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
      const next = await follow({ ...services.rules, segments: other });
      followers.push(next);
      return next;
    },
    async close() {
      for (const each of followers) await each.stop();
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
