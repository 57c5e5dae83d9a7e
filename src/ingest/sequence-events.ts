import { timeZoneNamed } from '../domain/identity/time-zone';
import type { JsonObject } from '../domain/json';
import type { EventToApply, SequencedEvent } from '../events/event-to-apply';
import type { StoredEvent } from '../events/stored-event';
import type { ChangingCustomer } from '../identity/changing-customer';
import type { ZoneAndLocale } from '../identity/resolve-identity';

/** Subtracted from the sequence numbers of historical events, so that they precede all live ones. */
const HISTORY_OFFSET = 2 ** 52;

const NO_TRAITS: JsonObject = {};

/** Whether an event reports no other time zone and locale than the known ones. */
export function reportsNothingNew(event: StoredEvent, profile: ZoneAndLocale | undefined): boolean {
  if (profile === undefined) return false;
  const { timeZone, locale } = profile;
  return (
    (zoneIn({ event, traits: NO_TRAITS }) ?? timeZone) === timeZone &&
    (text(event.context['locale']) ?? locale) === locale
  );
}

/** Gives an event its sequence number, and applies its traits, time zone and locale. */
export function sequenceEvent(
  item: EventToApply,
  seq: number,
  customers: ReadonlyMap<string, ChangingCustomer>,
): SequencedEvent {
  const { customerId } = item.event;
  const historical = item.scope === 'none';
  const event = {
    ...item.event,
    seq: customerId === null ? null : historical ? seq - HISTORY_OFFSET : seq,
  };
  // A historical event does not describe the current state.
  const customer = customerId === null || historical ? undefined : customers.get(customerId);
  if (customer === undefined) return { ...item, event, changedTraits: [] };
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
