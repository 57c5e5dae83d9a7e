import { personal, standardEvents, z } from 'throughline/app';
import { templates } from './templates';

/** What the journeys name. */
export const catalogue = {
  events: {
    'Signed Up': z.looseObject({ plan: z.string() }),
    'Order Completed': standardEvents['Order Completed'],
  },
  templates,
  experiments: {},
  flags: {},
  topics: ['tips'],
  traits: z.looseObject({
    email: personal(z.string()).optional(),
    first_name: personal(z.string()).optional(),
  }),
} as const;

declare module 'throughline' {
  interface Register {
    catalogue: typeof catalogue;
  }
}
