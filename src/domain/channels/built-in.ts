import { call } from './call';
import { email } from './email';
import { inapp } from './inapp';
import { letter } from './letter';
import { push } from './push';
import { sms } from './sms';
import { webhook } from './webhook';
import { whatsapp } from './whatsapp';

/** The channels of the engine, in the order in which pages list them. */
export const BUILT_IN_CHANNELS = [
  email,
  sms,
  push,
  inapp,
  webhook,
  whatsapp,
  letter,
  call,
] as const;
