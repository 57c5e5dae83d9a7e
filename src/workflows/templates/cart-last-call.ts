import { defineTemplate, z } from 'throughline/app';
import { brand } from './brand';
import { button, hello, layout, productRows, smsWaysOut, table, text } from './layout';

const cartLink = '/cart/{{ event.properties.cart_id | url_encode }}';

export const cartLastCall = defineTemplate({
  props: z.object({}),
  about: 'Cart Updated',
  tags: ['cart'],
  email: {
    subject: 'Before we put it back on the shelf',
    mjml: layout({
      preview: 'We keep your cart one more day.',
      heading: 'One more day',
      reason: 'marketing',
      body: [
        text(hello),
        text(
          'We keep your cart for one more day. After that the things in it go back on the shelf, where somebody else may find them.',
        ),
        table(productRows),
        button('Finish your order', `${brand.home}${cartLink}`),
        text('If you changed your mind, that is fine. This was the last reminder.'),
      ],
    }),
  },
  sms: {
    text: `${brand.name}: we keep your cart one more day. ${brand.home}${cartLink}${smsWaysOut}`,
  },
  push: {
    title: 'We keep your cart one more day',
    body: 'After that your things go back on the shelf.',
    url: cartLink,
  },
});
