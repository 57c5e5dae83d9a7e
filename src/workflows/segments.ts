import {
  all,
  any,
  computed,
  consent,
  defineSegment,
  did,
  lifecycle,
  never,
  not,
} from 'throughline';

/** Two orders in 90 days, and never opened a push notification. */
const keenWithoutPush = defineSegment({
  description: 'Orders often; a push has never reached them.',
  where: all(
    did('Order Completed', { atLeast: 2, within: '90 days' }),
    never('Message Opened', { where: { channel: { is: 'push' } } }),
  ),
});

const bigSpenders = defineSegment({
  description: 'Worth a call: loyal, or spends much.',
  where: any(lifecycle('loyal'), computed('spend', { atLeast: 500 })),
});

const atRisk = defineSegment({
  description: 'Has not ordered for long, and may be written to.',
  where: all(lifecycle('at risk', 'lapsed'), consent('email', 'offers')),
});

const leftACart = defineSegment({
  description: 'Filled a cart this week, and has not ordered since.',
  where: all(
    did('Cart Updated', { within: '7 days' }),
    not(did('Order Completed', { within: '7 days' })),
  ),
});

/** The shop's segments, by the names that journeys and the API use. */
export const segments = { keenWithoutPush, bigSpenders, atRisk, leftACart };

declare module 'throughline' {
  interface Register {
    segments: typeof segments;
  }
}
