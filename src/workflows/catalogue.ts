import { personal, standardEvents, z } from 'throughline/app';
import { shopEvents } from './events';
import { shopTemplates } from './templates';

const topics = ['newsletter', 'offers', 'tips', 'reminders'] as const;

/** The catalogue of the sample shop. */
export const catalogue = {
  events: {
    ...standardEvents,
    ...shopEvents,
  },
  templates: shopTemplates,
  experiments: {
    'cart-reminder': { arms: { plain: 0.5, warm: 0.5 } },
    'win-back-offer': { arms: { advice: 0.5, coupon: 0.5 } },
  },
  flags: {
    'consultation-calls': { on: 1 },
  },
  topics,
  traits: z.looseObject({
    email: personal(z.string()).optional(),
    phone: personal(z.string()).optional(),
    first_name: personal(z.string()).optional(),
    plan: z.string().optional(),
    appointment_at: z.string().optional(),
    lifecycle: z.string().optional(),
    orders: z.number().optional(),
  }),
} as const;

declare module 'throughline' {
  interface Register {
    catalogue: typeof catalogue;
  }
}
