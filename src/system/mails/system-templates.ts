import { z } from 'zod';
import { defineTemplate } from '../../templates/template';
import type { PreferenceCentreSettings } from '../../texts/preference-centre';
import { systemMail, systemText } from './system-mail';

export type SystemTemplates = ReturnType<typeof systemTemplates>;

/**
 * The templates of the engine's own journeys, which every application has. A template of the same
 * name in an application's catalogue replaces one of these.
 *
 * @param settings those of the preference centre: its brand and theme are also those of the mails
 */
export function systemTemplates(settings: PreferenceCentreSettings) {
  return {
    /** Transactional: it only requests a confirmation. */
    'confirm-subscription': defineTemplate({
      props: z.object({ topic: z.string() }),
      tags: ['subscription'],
      email: systemMail(settings, {
        texts: ({ confirm }) => confirm,
        link: 'links.confirm',
        marketing: false,
      }),
    }),
    /** Transactional: the customer requested it on the page of an expired link. */
    'preference-link': defineTemplate({
      props: z.object({}),
      tags: ['preferences'],
      email: systemMail(settings, {
        texts: ({ link }) => link,
        link: 'links.preferences',
        marketing: false,
      }),
    }),
    /** The first marketing message to a customer who confirmed a subscription. */
    'subscription-welcome': defineTemplate({
      props: z.object({ topic: z.string() }),
      tags: ['subscription'],
      email: systemMail(settings, {
        texts: ({ welcome }) => welcome,
        link: 'links.preferences',
        marketing: true,
      }),
      inapp: {
        title: systemText(({ welcome }) => welcome.heading),
        body: systemText(({ welcome }) => welcome.text),
      },
    }),
  } as const;
}
