import { z } from 'zod';
import { BEST_TIMES, type BestTime } from '../../../domain/consent/preferences';
import { anyObject, moment } from '../answers';

const count = z.int().min(0);
const texts = z.record(z.string(), z.string());

/** When somebody likes to be written to. */
export const bestTime = z.enum(Object.keys(BEST_TIMES) as [BestTime, ...BestTime[]]);

export const consent = z
  .strictObject({
    channel: z.string(),
    purpose: z.string(),
    state: z.string().meta({ description: 'The state that holds now.' }),
    at: moment,
    said: z.string().optional().meta({
      description: 'The state of this very channel and purpose, where a wider one overrides it.',
    }),
  })
  .meta({ id: 'Consent' });

export const preferences = z
  .strictObject({
    channels: z.record(z.string(), z.boolean()),
    topics: z.record(z.string(), z.boolean()),
    maxPerWeek: z.number().nullable(),
    digest: z.enum(['daily', 'weekly']).nullable(),
    quietHours: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
    bestTime: bestTime.nullable(),
    pausedUntil: z.string().nullable(),
  })
  .meta({
    id: 'Preferences',
    description: 'What a customer would like; null where nothing is set.',
  });

const computed = z.strictObject({
  orders: count,
  spend: z.number(),
  averageOrder: z.number().nullable(),
  currency: z.string().nullable(),
  spendByCurrency: z.record(z.string(), z.number()),
  firstOrderAt: z.string().nullable(),
  lastOrderAt: z.string().nullable(),
  firstSeen: z.string().nullable(),
  lastSeen: z.string().nullable(),
  sessions: count,
  favouriteChannel: z.string().nullable(),
  preferredHour: z.int().nullable(),
});

export const customer = z
  .strictObject({
    id: z.string(),
    identifiers: z.array(z.strictObject({ kind: z.string(), value: z.string() })),
    traits: anyObject,
    timeZone: z.string().nullable(),
    locale: z.string().nullable(),
    consents: z.array(consent),
    preferences,
    createdAt: moment,
    updatedAt: moment,
    counts: z.strictObject({
      events: count,
      enrollments: count,
      activeEnrollments: count,
      decisions: count,
      messages: count,
      unreadInboxItems: count,
    }),
    computed: computed.nullable(),
    lifecycle: z.string().nullable(),
    mood: z
      .strictObject({ score: z.number(), label: z.enum(['happy', 'neutral', 'unhappy']) })
      .nullable(),
    context: z
      .strictObject({
        device: texts.nullable(),
        place: texts.nullable(),
        zone: z.string().nullable(),
        locale: z.string().nullable(),
      })
      .nullable(),
    segments: z.array(z.string()),
  })
  .meta({ id: 'Customer' });
