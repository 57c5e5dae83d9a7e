import { defineTemplate, inLanguages, z } from 'throughline/app';
import { button, layout, text } from './layout';

const name =
  '{% if customer.traits.first_name != blank %} {{ customer.traits.first_name }}{% endif %}';

/** Transactional: somebody asked for it on the page behind a link that had expired. */
export const preferenceLink = defineTemplate({
  props: z.object({}),
  tags: ['preferences'],
  email: {
    subject: inLanguages({
      en: 'Your link',
      de: 'Ihr Link',
      fr: 'Votre lien',
    }),
    mjml: layout({
      preview: inLanguages({
        en: 'Choose what you get from us.',
        de: 'Wählen Sie, was Sie von uns erhalten.',
        fr: 'Choisissez ce que vous recevez de nous.',
      }),
      heading: inLanguages({
        en: 'Here is your new link',
        de: 'Hier ist Ihr neuer Link',
        fr: 'Voici votre nouveau lien',
      }),
      reason: 'request',
      body: [
        text(
          inLanguages({
            en: `Hello${name},`,
            de: `Guten Tag${name},`,
            fr: `Bonjour${name},`,
          }),
        ),
        text(
          inLanguages({
            en: 'With it you choose what you get from us, how and when. It works for 90 days; keep it to yourself.',
            de: 'Damit wählen Sie, was Sie von uns erhalten, wie und wann. Er gilt 90 Tage; behalten Sie ihn für sich.',
            fr: 'Il vous permet de choisir ce que vous recevez, comment et quand. Il est valable 90 jours ; gardez-le pour vous.',
          }),
        ),
        button(
          inLanguages({
            en: 'Choose what you get',
            de: 'Auswählen, was Sie erhalten',
            fr: 'Choisir ce que vous recevez',
          }),
          '{{ links.preferences }}',
        ),
        text(
          inLanguages({
            en: 'If you did not ask for it, do nothing.',
            de: 'Wenn Sie nicht darum gebeten haben, ist nichts zu tun.',
            fr: 'Si vous ne l’avez pas demandé, il n’y a rien à faire.',
          }),
        ),
      ],
    }),
  },
});
