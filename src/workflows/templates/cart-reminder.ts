import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, productRows, table, text } from './layout';

const cartLink = '/cart/{{ event.properties.cart_id | url_encode }}';

/** Chooses the personal wording for the arm `warm`, and the plain one for all other arms. */
function byArm(warm: string, plain: string): string {
  return `{% if props.arm == 'warm' %}${warm}{% else %}${plain}{% endif %}`;
}

export const cartReminder = defineTemplate({
  props: z.object({ arm: z.string() }),
  about: 'Cart Updated',
  tags: ['cart'],
  email: {
    subject: byArm('We put your things aside for you', 'Your cart is waiting'),
    mjml: layout({
      preview: 'Everything is still there.',
      heading: byArm('We put these aside for you', 'Still in your cart'),
      reason: 'marketing',
      body: [
        text(hello),
        text(
          byArm(
            'Something must have come up, it happens to all of us. What you chose is still here, and we kept it together for you.',
            'You left a few things in your cart. They are still there.',
          ),
        ),
        table(productRows),
        button('Back to your cart', `${brand.home}${cartLink}`),
        text('Not sure yet? Reply with your question and we will answer it.'),
      ],
    }),
  },
  push: {
    title: byArm('We put your things aside', 'Your cart is waiting'),
    body: byArm(
      'Everything you chose is still here for you.',
      'The items in your cart are still available.',
    ),
    url: cartLink,
  },
  inapp: {
    title: byArm('We put your things aside', 'Your cart is waiting'),
    body: 'Everything you chose is still here.',
    url: cartLink,
  },
});
