import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

export const postPurchaseAdvice = defineTemplate({
  props: z.object({ order_id: z.string() }),
  tags: ['advice'],
  email: {
    subject: 'How to get the most out of your order',
    mjml: layout({
      preview: 'A few things that people wish they had known on day one.',
      heading: 'Made to last',
      reason: 'marketing',
      body: [
        text(hello),
        text(
          'Your order {{ props.order_id }} should be with you by now. We hope it is everything you wanted.',
        ),
        text(
          'We wrote down how to look after it: what to do in the first week, what never to do, and what to do when something happens anyway.',
        ),
        button('Read our advice', `${brand.home}/advice?order={{ props.order_id | url_encode }}`),
        text('Not what you expected? Reply to this mail. We would rather hear it than not.'),
      ],
    }),
  },
  inapp: {
    title: 'How to look after your order',
    body: 'What to do in the first week, what never to do, and what to do when something happens anyway.',
    url: '/advice?order={{ props.order_id | url_encode }}',
  },
});
