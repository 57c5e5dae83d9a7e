import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

export const onboardingFirstSteps = defineTemplate({
  props: z.object({}),
  tags: ['onboarding'],
  email: {
    subject: 'Three small things that make it yours',
    mjml: layout({
      preview: 'Two minutes, and the app knows what you like.',
      heading: 'Make it yours',
      reason: 'marketing',
      body: [
        text(hello),
        text('Three small things that our regulars would not do without:'),
        text(
          '<strong>Your sizes.</strong> Set once, right every time.<br /><strong>Your favourites.</strong> We tell you when one is back.<br /><strong>Your quiet hours.</strong> We write when it suits you.',
        ),
        button('Set it up', `${brand.home}/start`),
      ],
    }),
  },
  push: {
    title: 'Two minutes to make it yours',
    body: 'Set your sizes and favourites, and we get it right every time.',
    url: '/start',
  },
  inapp: {
    title: 'Make it yours',
    body: 'Set your sizes, your favourites and when we may write. It takes two minutes.',
    url: '/start',
  },
});
