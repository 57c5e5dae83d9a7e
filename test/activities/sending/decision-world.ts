import type { App } from '../../../src/app';
import type { Services } from '../../../src/compose';
import { newId } from '../../../src/db/new-id';
import type { SendInput } from '../../../src/journey/engine-activities';
import { app as shopApp } from '../../../src/workflows/app';
import { composeServices, type TestServices } from '../../support/services';

export const NOW = Date.UTC(2026, 5, 3, 12);
export const HOUR = 3_600_000;

const app: App = {
  ...shopApp,
  policy: { ...shopApp.policy, caps: [{ name: 'a week', max: 3, window: '7 days' }] },
};

export interface DecisionWorld {
  readonly services: Services;
  /** Creates a customer; by default subscribed to offers by e-mail. */
  readonly customer: (options?: {
    consent?: string;
    email?: string;
    zone?: string;
  }) => Promise<{ readonly id: string; readonly email: string }>;
  /** Creates an enrollment and returns its id. */
  readonly enrollment: (customerId: string, journey: string, status?: string) => Promise<string>;
  readonly decide: (input: SendInput) => ReturnType<Services['engineActivities']['send']>;
}

/** Services for the tests of a file, which decide at `NOW` and deliver nothing inline. */
export function useDecisionWorld(): DecisionWorld {
  let composed: TestServices;
  const services = () => composed.processes[0];

  beforeAll(async () => {
    composed = await composeServices({
      app,
      maxConnections: 20,
      clock: { now: () => new Date(NOW) },
    });
  });
  afterAll(() => composed.close());

  async function customer(options: { consent?: string; email?: string; zone?: string } = {}) {
    const { consent = 'subscribed', email = `${newId()}@customers.example`, zone = null } = options;
    const id = newId();
    const at = new Date(NOW - HOUR);
    await services()
      .db.insertInto('customers')
      .values({
        id,
        traits: JSON.stringify({ email }),
        time_zone: zone,
        created_at: at,
        updated_at: at,
      })
      .execute();
    if (consent !== 'none') {
      await services()
        .db.insertInto('consents')
        .values({
          customer_id: id,
          channel: 'email',
          purpose: 'offers',
          state: consent as 'subscribed',
          at,
        })
        .execute();
    }
    return { id, email };
  }

  async function enrollment(customerId: string, journey: string, status = 'active') {
    const id = newId();
    const at = new Date(NOW - HOUR);
    await services()
      .db.insertInto('enrollments')
      .values({
        id,
        customer_id: customerId,
        journey,
        key: id,
        status: status as 'active',
        subscriptions: [],
        holdout: false,
        priority: 3,
        entered_at: at,
        entered_seq: 0,
        starts_at: at,
        end_reason: null,
        trigger_event_id: null,
        goal_event_id: null,
      })
      .execute();
    return id;
  }

  return {
    get services() {
      return services();
    },
    customer,
    enrollment,
    decide: (input) => services().engineActivities.send(input),
  };
}

export function intent(customerId: string, enrollmentId: string, change: Partial<SendInput> = {}) {
  return {
    decisionId: `${enrollmentId}.0`,
    enrollmentId,
    customerId,
    journey: 'winBack',
    step: 0,
    template: 'win-back-offer',
    purpose: 'offers',
    via: ['email'],
    props: { arm: 'advice' },
    priority: 'normal' as const,
    value: null,
    tags: [],
    aboutEventId: null,
    exposures: [],
    now: NOW,
    overdue: false,
    ...change,
  };
}
