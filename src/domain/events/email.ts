import { z } from 'zod';

import { optionalPersonalText, optionalText } from './fields';

const emailProperties = {
  email_id: optionalText,
  email_subject: optionalText,
  campaign_id: optionalText,
  campaign_name: optionalText,
  email: optionalPersonalText,
};

const email = z.looseObject(emailProperties);

/**
 * Segment's e-mail vocabulary, by its exact event names, for mails that another system sent
 * (https://segment.com/docs/connections/spec/email/). This engine's own mails are `Message ...`.
 */
export const emailEvents = {
  'Email Delivered': email,
  'Email Opened': email,
  'Email Link Clicked': z.looseObject({
    ...emailProperties,
    link_id: optionalText,
    link_url: optionalText,
  }),
  'Email Bounced': email,
  'Email Marked as Spam': email,
  Unsubscribed: z.looseObject({
    ...emailProperties,
    list_id: optionalText,
    list_name: optionalText,
  }),
} as const;
