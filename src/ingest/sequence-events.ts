import { timeZoneNamed } from '../domain/identity/time-zone';
import type { JsonObject } from '../domain/json';
import type { MessageOwner } from './ingest-deps';
import type { LockedCustomer } from '../identity/lock-customers';
import type { RoutingScope } from '../domain/events/routing-scope';
import type { ZoneAndLocale } from '../identity/resolve-identity';
import type { StoredEvent } from '../events/stored-event';

export interface EventToApply {
  readonly event: StoredEvent;
  /** Traits that the event sets on its customer. */
  readonly traits: JsonObject;
  /** The enrollment whose message the event is about. */
  readonly owner: MessageOwner | undefined;
  readonly scope: RoutingScope;
}

/** What history's places lie before those of all that was received; both stay exact numbers. */
const BEFORE_ALL = 2 ** 52;

/** A customer as the events of one transaction leave them. */
export interface ChangingCustomer {
  readonly id: string;
  traits: JsonObject;
  traitsChanged: boolean;
  timeZone: string | null;
  locale: string | null;
  changed: boolean;
}

/** An event at its place, with the names of the traits that it changed. */
export type SequencedEvent = ReturnType<typeof sequenceEvent>;

const NO_TRAITS: JsonObject = {};

/** Whether an event says of its customer nothing but what is known already. */
export function changesNothing(event: StoredEvent, profile: ZoneAndLocale | undefined): boolean {
  if (profile === undefined) return false;
  const { timeZone, locale } = profile;
  return (
    (zoneIn({ event, traits: NO_TRAITS }) ?? timeZone) === timeZone &&
    (text(event.context['locale']) ?? locale) === locale
  );
}

/** The customers of a transaction before its events: those it made, and those it locked. */
export function customersOf(
  created: ReadonlySet<string>,
  locked: readonly LockedCustomer[],
): Map<string, ChangingCustomer> {
  const customers = new Map<string, ChangingCustomer>();
  for (const id of created) {
    const unknown = { traits: {}, timeZone: null, locale: null };
    customers.set(id, { id, ...unknown, traitsChanged: false, changed: false });
  }
  for (const { traits, ...customer } of locked) {
    customers.set(customer.id, {
      ...customer,
      traits: traits ?? {},
      traitsChanged: false,
      changed: false,
    });
  }
  return customers;
}

/** Puts an event at its place, and into its customer what it says of them. */
export function sequenceEvent(
  item: EventToApply,
  seq: number,
  customers: ReadonlyMap<string, ChangingCustomer>,
) {
  const { customerId } = item.event;
  const old = item.scope === 'none';
  const event = { ...item.event, seq: customerId === null ? null : old ? seq - BEFORE_ALL : seq };
  // What was, says nothing of how the customer is.
  const customer = customerId === null || old ? undefined : customers.get(customerId);
  if (customer === undefined) return { ...item, event, changedTraits: [] as readonly string[] };
  const changedTraits = Object.keys(item.traits).filter(
    (name) => JSON.stringify(item.traits[name]) !== JSON.stringify(customer.traits[name]),
  );
  if (changedTraits.length > 0) {
    customer.traits = { ...customer.traits, ...item.traits };
    customer.traitsChanged = true;
  }
  const timeZone = zoneIn(item) ?? customer.timeZone;
  const locale = text(item.event.context['locale']) ?? customer.locale;
  customer.changed ||=
    customer.traitsChanged || timeZone !== customer.timeZone || locale !== customer.locale;
  customer.timeZone = timeZone;
  customer.locale = locale;
  return { ...item, event, changedTraits };
}

function zoneIn({ traits, event }: Pick<EventToApply, 'traits' | 'event'>): string | undefined {
  const named = text(traits['timezone']) ?? text(event.context['timezone']);
  return named === undefined ? undefined : timeZoneNamed(named);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 100 ? value : undefined;
}
