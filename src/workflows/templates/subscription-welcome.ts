import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

export const subscriptionWelcome = defineTemplate({
  props: z.object({ topic: z.string() }),
  tags: ['subscription'],
  email: {
    subject: 'You are on the list',
    mjml: layout({
      preview: 'Thank you. Here is what to expect.',
      heading: 'You are on the list',
      reason: 'marketing',
      body: [
        text(hello),
        text(
          'Thank you for confirming. From now on you get our <strong>{{ props.topic }}</strong>: at most once a week, only when we have something to say, and one click away from ending.',
        ),
        button('Meanwhile, have a look around', brand.home),
      ],
    }),
  },
  inapp: {
    title: 'You are on the list',
    body: 'Thank you for confirming. From now on you get our {{ props.topic }}.',
    url: '/',
  },
});
