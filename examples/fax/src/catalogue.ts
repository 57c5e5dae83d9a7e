import { defineTemplate, personal, z } from 'throughline/app';

/** What the journeys name. */
export const catalogue = {
  events: { 'Order Placed': z.looseObject({ order_id: z.string() }) },
  templates: {
    receipt: defineTemplate({
      props: z.object({ order: z.string() }),
      fax: {
        title: 'Receipt {{ props.order }}',
        text: 'Dear {{ customer.traits.first_name }},\n\nwe have received your order {{ props.order }}.',
      },
    }),
  },
  experiments: {},
  flags: {},
  topics: ['offers'],
  traits: z.looseObject({
    fax_number: personal(z.string()).optional(),
    first_name: personal(z.string()).optional(),
  }),
} as const;

declare module 'throughline' {
  interface Register {
    catalogue: typeof catalogue;
  }
}
