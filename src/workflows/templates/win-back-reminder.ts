import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

export const winBackReminder = defineTemplate({
  props: z.object({ days_since_order: z.number() }),
  tags: ['win-back'],
  email: {
    subject: 'It has been a while',
    mjml: layout({
      preview: 'What is new since you were last here.',
      heading: 'It has been a while',
      reason: 'marketing',
      body: [
        text(hello),
        text(
          'Your last order was {{ props.days_since_order }} days ago. Since then a few good things have found their way to our shelves, and some old favourites are back.',
        ),
        button('See what is new', `${brand.home}/new`),
        text('No news is fine, too. You can choose how often we write, below.'),
      ],
    }),
  },
  push: {
    title: 'It has been a while',
    body: 'Some old favourites are back. Have a look at what is new.',
    url: '/new',
  },
});
