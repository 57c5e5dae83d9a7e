import { z } from 'zod';
import type { Json } from '../json';
import { defineChannel } from './channel-definition';

const json: z.ZodType<Json> = z.json();

export const webhook = defineChannel({
  kind: 'webhook',
  wireId: 4,
  address: { from: 'configuration' },
  labels: {
    en: { name: 'Webhook', by: 'by webhook' },
    de: { name: 'Webhook', by: 'per Webhook' },
    fr: { name: 'Webhook', by: 'par webhook' },
  },
  message: {
    /** `data` is a Liquid text that renders to JSON; without it the props are sent. */
    texts: z.object({ type: z.string(), data: z.string().optional() }),
    content: z.object({ type: z.string(), data: json }),
    compile(texts, compiler) {
      const data = texts.data === undefined ? undefined : compiler.json('data', texts.data);
      return (scope, props) => ({
        type: texts.type,
        data: data === undefined ? json.parse(props) : data(scope, props),
      });
    },
  },
  // It reaches the application, not the customer.
  offeredInCentre: false,
  // The address is the application's: only `deliver` checks whether it is suppressed.
  inlineAllowed: false,
});
