import { unsafeUniformIntDistribution, xoroshiro128plus, type RandomGenerator } from 'pure-rand';
import { OFFSET_MS, DAY_MS, HOUR_MS, type Shop, type ShopCustomer, type ShopEvent } from './shop';

const DAYS = 90;

/** Activities begin at a quarter of a day. */
const QUARTER_MS = 6 * HOUR_MS;

/**
 * Generates a shop from a seed. Its customers install the app, fill and abandon carts, order, lapse or
 * return, and book appointments, some of which are rescheduled. The order rate differs between
 * customers, and after each order some customers never return, as in the BG/NBD model of Fader, Hardie
 * and Lee (2005). The parameters are chosen so that every journey runs within three months.
 *
 * @param seed the same seed generates the same shop
 * @param count how many customers
 */
export function generateShop(seed: number, count: number): Shop {
  const random = uniform(xoroshiro128plus(seed));
  const customers: ShopCustomer[] = [];
  const events: ShopEvent[] = [];
  for (let number = 1; number <= count; number++) {
    const userId = `shopper-${number}`;
    customers.push({
      userId,
      email: `${userId}@customers.example`,
      topics: ['offers', 'tips', 'newsletter', 'reminders'].filter(() => random() < 0.8),
    });
    events.push(...eventsOf(userId, random));
  }
  return {
    title: `a synthetic shop of ${count} customers (seed ${seed})`,
    customers,
    events: events.filter(({ at }) => at < DAYS * DAY_MS).toSorted((a, b) => a.at - b.at),
    firstDay: 'day 0',
    clickRate: 0.2,
  };
}

function eventsOf(userId: string, random: () => number): readonly ShopEvent[] {
  const events: ShopEvent[] = [];
  const add = (at: number, event: string, properties: ShopEvent['properties'] = {}) => {
    events.push({ userId, at: Math.floor(at), event, properties });
  };
  let at = roundUpToQuarter(random() * 30 * DAY_MS);
  add(at, 'Application Installed', { version: '1.0.0', build: '1' });
  if (random() < 0.7)
    add(at + QUARTER_MS * (1 + Math.floor(random() * 12)) + OFFSET_MS, 'Application Opened');
  if (random() < 0.3) add(at + HOUR_MS, 'Subscription Requested', { topic: 'newsletter' });
  if (random() < 0.15) bookAppointment(userId, at, random, add);

  const daysBetweenOrders = 25 + 75 * random() ** 2;
  const leaves = 0.15 + 0.25 * random();
  for (let order = 1; at < DAYS * DAY_MS; order++) {
    at =
      roundUpToQuarter(at - Math.log(1 - random()) * daysBetweenOrders * DAY_MS) +
      order * OFFSET_MS;
    const total = Math.round((15 + 120 * random() ** 2) * 100) / 100;
    const cart = { cart_id: `${userId}-cart-${order}`, value: total, currency: 'EUR' };
    add(at, 'Cart Updated', cart);
    const outcome = random();
    if (outcome < 0.1) add(at + 2 * HOUR_MS, 'Cart Emptied', { cart_id: cart.cart_id });
    if (outcome < 0.4) continue; // the cart is abandoned
    at += HOUR_MS * (outcome < 0.55 ? 20 : 1);
    add(at, 'Order Completed', {
      order_id: `${userId}-order-${order}`,
      total,
      currency: 'EUR',
      products: [{ product_id: `p-${order}`, name: 'Something nice', price: total, quantity: 1 }],
    });
    if (random() < leaves) break;
  }
  return events;
}

function bookAppointment(
  userId: string,
  from: number,
  random: () => number,
  add: (at: number, event: string, properties: ShopEvent['properties']) => void,
): void {
  // `runShop` turns `starts_in` into a time of the server.
  const appointment_id = `${userId}-appointment`;
  const lead = (3 + random() * 10) * DAY_MS;
  add(from, 'Appointment Booked', { appointment_id, starts_in: lead, service: 'advice' });
  if (random() < 0.4) {
    add(from + DAY_MS, 'Appointment Rescheduled', {
      appointment_id,
      starts_in: lead + 2 * DAY_MS,
    });
  }
}

function roundUpToQuarter(at: number): number {
  return Math.ceil(at / QUARTER_MS) * QUARTER_MS;
}

/** Uniform random numbers in [0, 1) with 32 bits; the generator keeps its state between calls. */
export function uniform(generator: RandomGenerator): () => number {
  return () => unsafeUniformIntDistribution(0, 0xffff_ffff, generator) / 0x1_0000_0000;
}
