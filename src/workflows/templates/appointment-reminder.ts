import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

const when = `{{ props.starts_at | local_date }} at {{ props.starts_at | local_time }}`;
const soon = `{% if props.hours_before > 3 %}soon{% else %}in {{ props.hours_before }} hours{% endif %}`;

export const appointmentReminder = defineTemplate({
  props: z.object({ starts_at: z.string(), hours_before: z.number() }),
  tags: ['appointment'],
  email: {
    subject: `Your appointment: ${when}`,
    mjml: layout({
      preview: `We look forward to seeing you ${soon}.`,
      heading: 'See you soon',
      reason: 'appointment',
      body: [
        text(hello),
        text(
          `A short reminder: we see you <strong>${when}</strong> <span style="white-space:nowrap">({{ zone }})</span>.`,
        ),
        text(
          'Does it no longer suit you? Please tell us, so that somebody else can have the time.',
        ),
        button('Move or cancel', `${brand.home}/appointments`),
      ],
    }),
  },
  sms: { text: `${brand.name}: we see you ${when}. To move it: ${brand.home}/appointments` },
  push: { title: 'Your appointment', body: `We see you ${when}.`, url: '/appointments' },
  inapp: { title: 'Your appointment', body: `We see you ${when}.`, url: '/appointments' },
});
