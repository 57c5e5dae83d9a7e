import { CODEC_ROUTES } from '../routes/codec';
import * as callbacks from '../routes/callbacks';
import * as consents from '../routes/consents';
import * as customers from '../routes/customers';
import * as deadLetters from '../routes/dead-letters';
import { ENROLLMENT_ROUTES } from '../routes/enrollments';
import * as health from '../routes/health';
import { homeRoute } from '../routes/home';
import { referenceRoute } from '../routes/reference';
import { openApiRoute } from '../routes/open-api';
import { postInboundMessage } from '../routes/inbound';
import { INBOX_ROUTES } from '../routes/inbox';
import { enrollCustomer, listJourneys } from '../routes/journeys';
import * as keys from '../routes/keys';
import * as links from '../routes/links';
import * as mailbox from '../routes/local-mailbox';
import * as operations from '../routes/operations';
import * as centre from '../routes/preference-centre';
import * as preferences from '../routes/preferences';
import { PERSONAL_DATA_ROUTES } from '../routes/personal-data';
import * as privacy from '../routes/privacy';
import * as renewal from '../routes/renew-link';
import * as segments from '../routes/segments';
import * as tasks from '../routes/tasks';
import { TRACKING_ROUTES } from '../routes/tracking';
import type { Route } from './route';

/** Every route of the API. Where two paths match an address, the first one answers. */
export const ROUTES: readonly Route[] = [
  ...TRACKING_ROUTES,
  ...Object.values(customers),
  ...INBOX_ROUTES,
  ...Object.values(consents),
  ...Object.values(preferences),
  postInboundMessage,
  ...Object.values(callbacks),
  listJourneys,
  enrollCustomer,
  ...ENROLLMENT_ROUTES,
  ...Object.values(operations),
  ...Object.values(tasks),
  ...Object.values(segments),
  ...Object.values(deadLetters),
  ...PERSONAL_DATA_ROUTES,
  ...Object.values(privacy),
  ...Object.values(keys),
  ...Object.values(renewal),
  ...Object.values(centre),
  ...Object.values(links),
  ...CODEC_ROUTES,
  ...Object.values(mailbox),
  ...Object.values(health),
  homeRoute(() => ROUTES),
  openApiRoute(() => ROUTES),
  referenceRoute(() => ROUTES),
];
