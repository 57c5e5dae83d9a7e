import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, text } from './layout';

/** Chooses the discount for the arm `coupon`, and personal advice for all other arms. */
function byArm(coupon: string, advice: string): string {
  return `{% if props.arm == 'coupon' %}${coupon}{% else %}${advice}{% endif %}`;
}

export const winBackOffer = defineTemplate({
  props: z.object({ arm: z.string() }),
  tags: ['win-back'],
  email: {
    subject: byArm('Ten percent, because we miss you', 'Let us pick something for you'),
    mjml: layout({
      preview: byArm('Your code is inside.', 'Tell us what you need. We do the looking.'),
      heading: byArm('Ten percent off your next order', 'Let us pick something for you'),
      reason: 'marketing',
      body: [
        text(hello),
        text(
          byArm(
            'We would like to see you again. With the code <strong>COMEBACK10</strong> your next order costs ten percent less. It holds for thirty days and for everything we have.',
            'Choosing takes time, and you may not have any. Tell us in a line or two what you are looking for, and one of us picks three things for you.',
          ),
        ),
        button(
          byArm('Use your code', 'Get a pick'),
          `${brand.home}/{% if props.arm == 'coupon' %}new?code=COMEBACK10{% else %}picks{% endif %}`,
        ),
      ],
    }),
  },
  push: {
    title: byArm('Ten percent, because we miss you', 'Let us pick something for you'),
    body: byArm(
      'Use the code COMEBACK10 within thirty days.',
      'Tell us what you need and one of us picks three things.',
    ),
    url: `{% if props.arm == 'coupon' %}/new?code=COMEBACK10{% else %}/picks{% endif %}`,
  },
});
