import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { countryIn } from '../country';
import { cutText } from '../cut-text';
import { isJsonObject, type JsonObject } from '../json';

const KINDS: ReadonlyMap<string, OrderEvent['kind']> = new Map([
  ['Order Completed', 'completed'],
  ['Order Updated', 'updated'],
  ['Order Refunded', 'refunded'],
  ['Order Cancelled', 'cancelled'],
]);

export const ORDER_EVENTS: readonly string[] = [...KINDS.keys()];

/** One event of an order, as an order keeps it; what the event does not say is absent. */
export interface OrderEvent {
  /** The event's id. */
  readonly id: string;
  /** `compacted` stands for the oldest events of an order that has very many. */
  readonly kind: 'completed' | 'updated' | 'refunded' | 'cancelled' | 'compacted';
  /** ISO 8601; events are folded by `at`, `seq` and `id`. */
  readonly at: string;
  readonly seq: number | null;
  readonly received: string;
  readonly amount?: number;
  readonly tax?: number;
  readonly shipping?: number;
  readonly discount?: number;
  /** ISO 4217. */
  readonly currency?: string;
  readonly items?: number;
  readonly quantity?: number;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
}

/** An event together with the order that it belongs to. */
export interface OrderChange {
  readonly customerId: string;
  /** Identifies the order among its customer's. */
  readonly key: string;
  readonly orderId: string | null;
  readonly event: OrderEvent;
}

/** Properties that may hold an order's amount, the most inclusive first. */
const AMOUNT_PROPERTIES = ['total', 'value', 'revenue', 'subtotal'] as const;
/** Larger amounts are reduced to it, so that a sum of them is finite. */
const MAX_AMOUNT = 1e300;
const MAX_QUANTITY = 1e9;
const MAX_ORDER_ID_LENGTH = 255;

/**
 * Reads an order event. Orders belong to their customer: an event with the `order_id` of another
 * customer's order is about an order of its own. Each completion without an `order_id` is a separate
 * order; other events without one belong to no order.
 *
 * A value of another type than expected, such as an amount sent as text, counts as absent.
 *
 * @returns undefined for an event that is not about an order
 */
export function orderChangeOf(event: {
  readonly id: string;
  readonly customerId: string | null;
  readonly seq: number | null;
  readonly name: string;
  readonly properties: JsonObject;
  readonly context: JsonObject;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}): OrderChange | undefined {
  const kind = KINDS.get(event.name);
  if (kind === undefined || event.customerId === null) return undefined;
  const { id, seq, properties, context, occurredAt, receivedAt } = event;
  const orderId = textIn(properties['order_id']);
  if (orderId === undefined && kind !== 'completed') return undefined;
  return {
    customerId: event.customerId,
    key: orderId === undefined ? `event:${id}` : keyOf(orderId),
    orderId: orderId === undefined ? null : cutText(orderId, MAX_ORDER_ID_LENGTH),
    event: {
      id,
      kind,
      at: occurredAt.toISOString(),
      seq,
      received: receivedAt.toISOString(),
      ...withoutUndefined({
        amount: AMOUNT_PROPERTIES.map((name) => amountIn(properties[name])).find(isPresent),
        tax: amountIn(properties['tax']),
        shipping: amountIn(properties['shipping']),
        discount: amountIn(properties['discount']),
        currency: currencyIn(properties['currency']),
        ...linesIn(properties['products']),
        country: countryIn(context['location']) ?? undefined,
      }),
    },
  };
}

/** An index entry of Postgres holds at most 2,700 bytes, so a long id is replaced by its hash. */
function keyOf(orderId: string): string {
  const bytes = utf8ToBytes(orderId);
  return bytes.length <= MAX_ORDER_ID_LENGTH
    ? `id:${orderId}`
    : `hash:${bytesToHex(sha256(bytes))}`;
}

function amountIn(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.min(MAX_AMOUNT, Math.max(-MAX_AMOUNT, value));
}

function currencyIn(value: unknown): string | undefined {
  const code = textIn(value)?.trim().toUpperCase();
  return code !== undefined && /^[A-Z]{3}$/.test(code) ? code : undefined;
}

/** The number of lines, and the sum of their quantities; a line without a quantity counts as one. */
function linesIn(products: unknown): { readonly items?: number; readonly quantity?: number } {
  if (!Array.isArray(products)) return {};
  const lines = (products as readonly unknown[]).filter(isJsonObject);
  const quantities = lines.map(({ quantity }) => {
    const number = typeof quantity === 'string' ? Number.parseFloat(quantity) : quantity;
    return typeof number === 'number' && number >= 0 && number <= MAX_QUANTITY ? number : 1;
  });
  return { items: lines.length, quantity: quantities.reduce((sum, each) => sum + each, 0) };
}

function textIn(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]?: NonNullable<T[K]> };
}
