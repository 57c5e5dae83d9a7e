import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

const when = `{{ props.starts_at | local_date }} at {{ props.starts_at | local_time }}`;

export const appointmentMoved = defineTemplate({
  props: z.object({ starts_at: z.string() }),
  tags: ['appointment'],
  email: {
    subject: `Your appointment has moved to ${when}`,
    mjml: layout({
      preview: 'The new time, and what to do if it does not suit you.',
      heading: 'Your appointment has moved',
      reason: 'appointment',
      body: [
        text(hello),
        text(
          `Your appointment is now <strong>${when}</strong> <span style="white-space:nowrap">({{ zone }})</span>. There is nothing else to do.`,
        ),
        button('Choose another time', `${brand.home}/appointments`),
      ],
    }),
  },
  sms: { text: `${brand.name}: your appointment is now ${when}. ${brand.home}/appointments` },
  push: { title: 'Your appointment has moved', body: `It is now ${when}.`, url: '/appointments' },
  inapp: { title: 'Your appointment has moved', body: `It is now ${when}.`, url: '/appointments' },
});
