import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

export const onboardingHelpOffer = defineTemplate({
  props: z.object({}),
  tags: ['onboarding'],
  email: {
    subject: 'Can we help you get started?',
    mjml: layout({
      preview: 'A person reads your reply.',
      heading: 'Can we help?',
      reason: 'marketing',
      body: [
        text(hello),
        text('You installed our app a few days ago and we have not seen you since. No hurry.'),
        text(
          'If something did not work, or you wonder whether we have the right thing for you, reply to this mail. A person reads it, usually within the day.',
        ),
        button('See the short guide', `${brand.home}/guide`),
      ],
    }),
  },
  push: {
    title: 'Can we help you get started?',
    body: 'Our short guide takes two minutes. Or ask us anything.',
    url: '/guide',
  },
});
