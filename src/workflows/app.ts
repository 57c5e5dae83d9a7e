import { defineApp } from 'throughline/app';
import { brand } from './templates/brand';
import { catalogue } from './catalogue';
import { segments } from './segments';

/** The sample shop; the CLI runs it if THROUGHLINE_APP is not set. */
export const app = defineApp({
  workflowsPath: require.resolve('./index'),
  catalogue,
  segments,
  policy: {
    caps: [
      { name: 'a day', max: 1, window: '1 day' },
      { name: 'a week', max: 3, window: '7 days' },
    ],
    quietHours: [{ from: '21:00', to: '08:00', channels: ['sms', 'push', 'email', 'whatsapp'] }],
    defaultZone: 'UTC',
    defaultLocale: 'en',
    identity: { websites: ['shop.example'] },
    retention: { events: '800 days', messages: '400 days' },
    costs: { email: 0.001, push: 0.0005, sms: 0.045, whatsapp: 0.06 },
  },
  preferenceCentre: {
    brand: brand.name,
    home: brand.home,
    theme: {
      light: {
        ink: '#2d2723',
        soft: '#6a5f57',
        paper: '#f4eee6',
        card: '#ffffff',
        act: '#97401f',
        font: "Georgia,'Times New Roman',serif",
      },
      dark: {
        ink: '#f5efe8',
        soft: '#c9bdb2',
        paper: '#191512',
        card: '#241f1b',
        act: '#f0a883',
        'on-act': '#2a1408',
      },
    },
    topics: {
      newsletter: {
        en: { name: 'Newsletter', about: 'What is new in the shop, about once a month.' },
        de: { name: 'Newsletter', about: 'Was es im Laden Neues gibt, etwa einmal im Monat.' },
        fr: {
          name: 'Lettre d’information',
          about: 'Les nouveautés du magasin, environ une fois par mois.',
        },
      },
      offers: {
        en: { name: 'Offers', about: 'Special prices, and what you left in your cart.' },
        de: { name: 'Angebote', about: 'Besondere Preise, und was noch in Ihrem Warenkorb liegt.' },
        fr: {
          name: 'Offres',
          about: 'Des prix spéciaux, et ce que vous avez laissé dans votre panier.',
        },
      },
      tips: {
        en: { name: 'Tips', about: 'How to get the best out of what you bought.' },
        de: { name: 'Tipps', about: 'Wie Sie am meisten von Ihren Einkäufen haben.' },
        fr: { name: 'Conseils', about: 'Comment tirer le meilleur de vos achats.' },
      },
      reminders: {
        en: { name: 'Reminders', about: 'When something that you use may be running out.' },
        de: {
          name: 'Erinnerungen',
          about: 'Wenn etwas, das Sie brauchen, zur Neige gehen könnte.',
        },
        fr: { name: 'Rappels', about: 'Quand quelque chose que vous utilisez pourrait manquer.' },
      },
    },
  },
});
