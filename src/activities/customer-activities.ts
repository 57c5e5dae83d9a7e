import { sql } from 'kysely';
import type { Policy } from '../app';
import { lockCurrentCustomer } from '../db/current-customer';
import { assignArm } from '../db/stores/assignments';
import { inTransaction, type Db } from '../db/transaction';
import { journeyProperties } from '../domain/events/journey-properties';
import type { AssignmentKind } from '../domain/experiments/exposure';
import { dateIn } from '../domain/schedule/date-in';
import { nextLocalTime } from '../domain/schedule/moment';
import type { Weekday } from '../domain/schedule/weekday';
import type { Ingest } from '../ingest/ingest';
import type { JourneyIndex } from '../enrollments/journey-index';
import { computeProfiles } from '../profiles/compute-profiles';
import type { ProfileRules } from '../profiles/profile-rules';
import { requestEntry } from '../enrollments/request-entry';
import type { EngineActivities } from '../journey/engine-activities';
import type { CatalogueShape } from '../journey/register';

type CustomerActivities = Pick<
  EngineActivities,
  'resolveMoment' | 'assign' | 'readTraits' | 'inSegment' | 'setTraits' | 'track' | 'enroll'
>;

/** Local activities that read and write data of the customer of a journey. */
export function createCustomerActivities(deps: {
  readonly db: Db;
  readonly policy: Policy;
  readonly catalogue: CatalogueShape;
  readonly index: JourneyIndex;
  readonly rules: ProfileRules;
  readonly ingest: Ingest;
}): CustomerActivities {
  const { db, catalogue, policy, ingest, rules } = deps;
  const customerOf = (id: string) =>
    db
      .selectFrom('customers')
      .select(['traits', 'time_zone'])
      .where('id', '=', sql<string>`current_customer(${id})`)
      .executeTakeFirstOrThrow();

  return {
    async resolveMoment(input) {
      const customer = await customerOf(input.customerId);
      if ('trait' in input) return dateIn(customer.traits[input.trait]);
      const at = nextLocalTime({
        time: input.time,
        weekday: (input.weekday ?? undefined) as Weekday | undefined,
        zone: input.zone ?? customer.time_zone,
        // Strictly later than now: a daily loop that wakes at nine sleeps until nine tomorrow.
        after: new Date(input.now + 1),
        defaultZone: policy.defaultZone,
      });
      return at.getTime();
    },

    /** The first assignment is permanent, even when weights change or customers merge. */
    async assign({ customerId, enrollmentId, journey, kind, name, now }) {
      const arms = armsOf(catalogue, kind, name);
      return inTransaction(db, async (tx) => {
        const customer = await lockCurrentCustomer(tx, customerId);
        if (customer === undefined) throw new Error(`There is no customer ${customerId}.`);
        return assignArm(tx, {
          customerId: customer.id,
          kind,
          name,
          arms,
          enrollmentId,
          journey,
          now: new Date(now),
        });
      });
    },

    async readTraits({ customerId }) {
      const { traits } = await customerOf(customerId);
      return journeyProperties(catalogue.traits, traits);
    },

    async inSegment({ customerId, segment, now }) {
      const definition = rules.segments[segment];
      if (definition === undefined) return false;
      const only = { ...rules, segments: { [segment]: definition } };
      const [computed] = await computeProfiles(db, only, [customerId], new Date(now));
      return computed?.segments.includes(segment) === true;
    },

    async setTraits({ id, customerId, traits, now }) {
      await ingest.transact((_, record) =>
        record({
          messageId: id,
          customerId,
          type: 'identify',
          name: 'Identify',
          properties: traits,
          traits,
          at: new Date(now),
        }),
      );
    },

    async track({ id, customerId, event, properties, now }) {
      await ingest.transact((_, record) =>
        record({
          messageId: id,
          customerId,
          type: 'track',
          name: event,
          properties,
          at: new Date(now),
        }),
      );
    },

    async enroll({ id, customerId, journey, key, data, now }) {
      const { entered, reason } = await inTransaction(db, (tx) =>
        requestEntry(tx, deps.index, {
          requestId: id,
          customerId,
          journey,
          key,
          data,
          now: new Date(now),
        }),
      );
      return { entered, reason };
    },
  };
}

function armsOf(
  catalogue: CatalogueShape,
  kind: AssignmentKind,
  name: string,
): Readonly<Record<string, number>> {
  if (kind === 'experiment') {
    const experiment = catalogue.experiments[name];
    // The experiment was removed from the catalogue while journeys run: all customers are in control.
    return experiment?.arms ?? { control: 1 };
  }
  const share = catalogue.flags[name]?.on ?? 0;
  return { on: share, off: 1 - share };
}
