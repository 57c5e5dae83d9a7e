import { defineTemplate, z } from 'throughline/app';
import { button, hello, layout, text } from './layout';

/** Transactional: it only asks, and says what happens to who does not answer. */
export const confirmSubscription = defineTemplate({
  props: z.object({ topic: z.string() }),
  tags: ['subscription'],
  email: {
    subject: 'Please confirm: was this you?',
    mjml: layout({
      preview: 'One click, and we write. No click, and we do not.',
      heading: 'Was this you?',
      reason: 'request',
      body: [
        text(hello),
        text(
          `Somebody, hopefully you, asked for our <strong>{{ props.topic }}</strong> at this address. Please confirm it.`,
        ),
        button('Yes, that was me', '{{ links.confirm }}'),
        text('If it was not you, do nothing. Without your click we will not write.'),
      ],
    }),
  },
});
