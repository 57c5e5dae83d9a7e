import { z } from 'zod';

import { optionalFlag, optionalPersonalText, optionalText, optionalTextOrNumber } from './fields';

const nothing = z.looseObject({});

const release = { version: optionalTextOrNumber, build: optionalTextOrNumber };

const campaign = z
  .looseObject({
    source: optionalText,
    name: optionalText,
    medium: optionalText,
    content: optionalText,
    ad_creative: optionalText,
    ad_group: optionalText,
  })
  .nullish();

const pushAction = z.looseObject({ action: optionalText, campaign });

const deepLink = z.looseObject({ provider: optionalText, url: optionalText });

/** An account's name is often a person's name. */
const account = z.looseObject({ account_name: optionalPersonalText });

const signIn = z.looseObject({ username: optionalPersonalText });

const trial = z.looseObject({
  /** ISO 8601. */
  trial_start_date: optionalText,
  /** ISO 8601. */
  trial_end_date: optionalText,
  trial_plan_name: optionalText,
});

/**
 * Segment's vocabularies for mobile applications and for B2B SaaS, by their exact event names
 * (https://segment.com/docs/connections/spec/mobile/ and .../b2b-saas/).
 */
export const appEvents = {
  'Application Installed': z.looseObject(release),
  'Application Opened': z.looseObject({
    ...release,
    from_background: optionalFlag,
    url: optionalText,
    referring_application: optionalText,
  }),
  'Application Backgrounded': nothing,
  'Application Foregrounded': nothing,
  'Application Updated': z.looseObject({
    ...release,
    previous_version: optionalTextOrNumber,
    previous_build: optionalTextOrNumber,
  }),
  'Application Uninstalled': nothing,
  'Application Crashed': nothing,
  'Install Attributed': z.looseObject({ provider: optionalText, campaign }),
  'Push Notification Received': z.looseObject({ campaign }),
  'Push Notification Tapped': pushAction,
  'Push Notification Bounced': pushAction,
  'Deep Link Opened': deepLink,
  'Deep Link Clicked': deepLink,
  'Account Created': account,
  'Account Deleted': account,
  'Account Added User': z.looseObject({ role: optionalText }),
  'Account Removed User': nothing,
  'Signed Up': z.looseObject({
    type: optionalText,
    first_name: optionalPersonalText,
    last_name: optionalPersonalText,
    name: optionalPersonalText,
    email: optionalPersonalText,
    phone: optionalPersonalText,
    username: optionalPersonalText,
    title: optionalText,
    plan: optionalText,
  }),
  'Signed In': signIn,
  'Signed Out': signIn,
  'Invite Sent': z.looseObject({
    invitee_email: optionalPersonalText,
    invitee_first_name: optionalPersonalText,
    invitee_last_name: optionalPersonalText,
    invitee_role: optionalText,
  }),
  'Trial Started': trial,
  'Trial Ended': trial,
} as const;
