import { defineTemplate, z } from 'throughline/app';
import { assignCurrency, button, hello, layout, productRows, table, text } from './layout';
import { brand } from './brand';

const sums = [
  ['discount', 'Discount', '-'],
  ['shipping', 'Delivery', ''],
  ['tax', 'Tax', ''],
] as const;

const sumRows = sums
  .map(
    ([property, label, sign]) =>
      `{% if event.properties.${property} %}<tr><td style="padding:4px 0">${label}</td><td align="right" style="padding:4px 0">${sign}{{ event.properties.${property} | money: currency }}</td></tr>{% endif %}`,
  )
  .join('\n');

export const orderConfirmation = defineTemplate({
  props: z.object({}),
  about: 'Order Completed',
  tags: ['order'],
  email: {
    subject: `We have your order {{ event.properties.order_id }}`,
    mjml: layout({
      preview: 'Thank you. Here is what we are packing for you.',
      heading: 'Thank you for your order',
      reason: 'order',
      body: [
        text(hello),
        text(
          'We have your order <strong>{{ event.properties.order_id }}</strong> and are getting it ready. You will hear from us again when it is on its way.',
        ),
        table(`${productRows}
${sumRows}
{% if event.properties.total %}<tr><td style="padding:10px 0"><strong>Total</strong></td><td align="right" style="padding:10px 0"><strong>{{ event.properties.total | money: currency }}</strong></td></tr>{% endif %}`),
        button(
          'See your order',
          `${brand.home}/orders/{{ event.properties.order_id | url_encode }}`,
        ),
        text('Something not right? Just reply to this mail and we will put it in order.'),
      ],
    }),
  },
  sms: {
    text: `${brand.name}: thank you, we have your order {{ event.properties.order_id }}.`,
  },
  push: {
    title: 'Order received',
    body: 'Thank you! Order {{ event.properties.order_id }} is being packed.',
    url: '/orders/{{ event.properties.order_id | url_encode }}',
  },
  inapp: {
    title: 'We have your order {{ event.properties.order_id }}',
    body: `${assignCurrency}Thank you! We are getting it ready.{% if event.properties.total %} Total: {{ event.properties.total | money: currency }}.{% endif %}`,
    url: '/orders/{{ event.properties.order_id | url_encode }}',
  },
  webhook: {
    type: 'order.confirmed',
    data: `{
  "customer_id": {{ customer.id }},
  "message_id": {{ message.id }},
  "order_id": {{ event.properties.order_id }},
  "total": {{ event.properties.total | default: nil }},
  "currency": {{ event.properties.currency | default: nil }},
  "ordered_at": {{ event.occurredAt }}
}`,
  },
});
