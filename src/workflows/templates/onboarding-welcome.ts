import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

export const onboardingWelcome = defineTemplate({
  props: z.object({}),
  tags: ['onboarding'],
  email: {
    subject: `Welcome to ${brand.name}`,
    mjml: layout({
      preview: 'Good to have you. Three things to start with.',
      heading: 'Good to have you',
      reason: 'marketing',
      body: [
        text(hello),
        text(
          'Thank you for installing our app. It keeps your orders, your favourites and our advice in one place, and it never shouts.',
        ),
        text(
          'A good start: mark two or three things you like. We will show you what goes with them.',
        ),
        button('Find your favourites', `${brand.home}/favourites`),
      ],
    }),
  },
  push: {
    title: 'Welcome, good to have you',
    body: 'Mark two or three things you like and we will show you what goes with them.',
    url: '/favourites',
  },
  inapp: {
    title: 'Welcome, good to have you',
    body: 'Mark two or three things you like and we will show you what goes with them.',
    url: '/favourites',
  },
});
