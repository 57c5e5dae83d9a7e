import { defineTemplate, mailPhrases, z } from 'throughline/app';

function mail(text: string, smallPrint: string): string {
  return `<mjml><mj-body><mj-section><mj-column>
    <mj-text font-size="16px" line-height="24px">${text}</mj-text>
    <mj-text font-size="12px">${smallPrint}</mj-text>
  </mj-column></mj-section></mj-body></mjml>`;
}

export const templates = {
  welcome: defineTemplate({
    props: z.object({ plan: z.string() }),
    email: {
      subject: 'Welcome',
      mjml: mail(
        'Hello {{ customer.traits.first_name }}, your account on the plan {{ props.plan }} is ready.',
        mailPhrases.because.request,
      ),
    },
  }),
  'first-steps': defineTemplate({
    props: z.object({}),
    email: {
      subject: 'Three things to try first',
      mjml: mail(
        'Hello {{ customer.traits.first_name }}, here is what most people start with.',
        `${mailPhrases.because.marketing} <a href="{{ links.unsubscribe }}">${mailPhrases.unsubscribe}</a>`,
      ),
    },
  }),
};
