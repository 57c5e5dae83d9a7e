import { unsafeUniformIntDistribution, xoroshiro128plus, type RandomGenerator } from 'pure-rand';
import {
  APART_MS,
  DAY_MS,
  HOUR_MS,
  type Shop,
  type ShopCustomer,
  type ShopEvent,
} from './shop-event';

const DAYS = 90;

/** Things begin at the quarters of a day; what follows from them keeps its distance. */
const QUARTER_MS = 6 * HOUR_MS;

/**
 * A shop made from a seed, whose customers install its app, look around, leave carts, order, come
 * back or lapse, and book appointments that sometimes move. How often a customer orders differs
 * from customer to customer, and after each order some never return, as in the BG/NBD model of
 * Fader, Hardie and Lee (2005); its parameters here are chosen for a lively three months.
 */
export function makeShop(seed: number, count: number): Shop {
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
    events.push(...lifeOf(userId, random));
  }
  return {
    title: `a made shop of ${count} customers (seed ${seed})`,
    customers,
    events: events.filter(({ at }) => at < DAYS * DAY_MS).toSorted((a, b) => a.at - b.at),
    firstDay: 'day 0',
    clickRate: 0.2,
  };
}

function lifeOf(userId: string, random: () => number): readonly ShopEvent[] {
  const events: ShopEvent[] = [];
  const happen = (at: number, event: string, properties: ShopEvent['properties'] = {}) => {
    events.push({ userId, at: Math.floor(at), event, properties });
  };
  let at = atQuarter(random() * 30 * DAY_MS);
  happen(at, 'Application Installed', { version: '1.0.0', build: '1' });
  if (random() < 0.7)
    happen(at + QUARTER_MS * (1 + Math.floor(random() * 12)) + APART_MS, 'Application Opened');
  if (random() < 0.3) happen(at + HOUR_MS, 'Subscription Requested', { topic: 'newsletter' });
  if (random() < 0.15) bookAppointment(userId, at, random, happen);

  const daysBetweenOrders = 25 + 75 * random() ** 2;
  const leaves = 0.15 + 0.25 * random();
  for (let order = 1; at < DAYS * DAY_MS; order++) {
    at = atQuarter(at - Math.log(1 - random()) * daysBetweenOrders * DAY_MS) + order * APART_MS;
    const total = Math.round((15 + 120 * random() ** 2) * 100) / 100;
    const cart = { cart_id: `${userId}-cart-${order}`, value: total, currency: 'EUR' };
    happen(at, 'Cart Updated', cart);
    const fate = random();
    if (fate < 0.1) happen(at + 2 * HOUR_MS, 'Cart Emptied', { cart_id: cart.cart_id });
    if (fate < 0.4) continue; // the cart is left
    at += HOUR_MS * (fate < 0.55 ? 20 : 1);
    happen(at, 'Order Completed', {
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
  happen: (at: number, event: string, properties: ShopEvent['properties']) => void,
): void {
  // The feed turns `*_in` into a date on the server's clock.
  const appointment_id = `${userId}-appointment`;
  const lead = (3 + random() * 10) * DAY_MS;
  happen(from, 'Appointment Booked', { appointment_id, starts_in: lead, service: 'advice' });
  if (random() < 0.4) {
    happen(from + DAY_MS, 'Appointment Rescheduled', {
      appointment_id,
      starts_in: lead + 2 * DAY_MS,
    });
  }
}

function atQuarter(at: number): number {
  return Math.ceil(at / QUARTER_MS) * QUARTER_MS;
}

/** Numbers in [0, 1) with 32 bits, from a generator that keeps its state. */
export function uniform(generator: RandomGenerator): () => number {
  return () => unsafeUniformIntDistribution(0, 0xffff_ffff, generator) / 0x1_0000_0000;
}
