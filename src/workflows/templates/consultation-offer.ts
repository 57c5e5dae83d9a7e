import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

export const consultationOffer = defineTemplate({
  props: z.object({ order_id: z.string() }),
  tags: ['advice'],
  email: {
    subject: 'Shall we call you?',
    mjml: layout({
      preview: 'Fifteen minutes with somebody who knows. Free, and nothing to buy.',
      heading: 'Fifteen minutes with somebody who knows',
      reason: 'marketing',
      body: [
        text(hello),
        text(
          'You chose something good, and there is more in it than fits on a label. If you like, one of our advisers calls you and answers your questions. It is free, and there is nothing to buy.',
        ),
        button('Yes, please call me', `${brand.home}/call?order={{ props.order_id | url_encode }}`),
        text('Or reply to this mail and tell us when it suits you.'),
      ],
    }),
  },
  inapp: {
    title: 'Shall we call you?',
    body: 'Fifteen minutes with an adviser about your order. Free, and nothing to buy.',
    url: '/call?order={{ props.order_id | url_encode }}',
  },
  webhook: {
    type: 'consultation.offered',
    data: '{"customer_id": {{ customer.id }}, "message_id": {{ message.id }}, "order_id": {{ props.order_id }}}',
  },
});
