import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import { channelsOfTrait, normalAddress, traitOf } from '../domain/channels/address-of';
import { channelKinds } from '../domain/channels/channel-kind';
import { isJsonObject, type Json, type JsonObject } from '../domain/json';

/** Shorter texts occur in too many others to identify anybody. */
const MIN_CHARACTERS = 4;

/** Traits that identify a person; others, such as a plan, are shared by many. */
const NAMING = /name|e-?mail|phone|mobile|address|street|token|birth/i;

/** The names and addresses of a person before their erasure. */
export interface PiiTerms {
  /** Identifiers, names and addresses, in lower case. */
  readonly strings: readonly string[];
  /** Addresses by channel, in lower case. */
  readonly addresses: readonly { readonly channel: string; readonly address: string }[];
  readonly userIds: readonly string[];
  readonly anonymousIds: readonly string[];
}

/** Collects the terms that an erasure searches for, from customers that are locked. */
export async function collectPii(tx: Tx, customers: readonly string[]): Promise<PiiTerms> {
  const identifiers = await tx
    .selectFrom('identifiers')
    .select(['kind', 'value'])
    .where('customer_id', 'in', [...customers])
    .execute();
  const profiles = await tx
    .selectFrom('customers')
    .select('traits')
    .where('id', 'in', [...customers])
    .execute();
  // Messages on these channels go to an address of the application, or to the customer's id.
  const impersonal = channelKinds().filter((channel) => traitOf(channel) === undefined);
  const { rows: written } = await sql<{ channel: string; address: string }>`
    select distinct channel, lower(address) as address from messages
    where customer_id = any(${customers}::text[]) and address <> ''
      and channel <> all(${impersonal}::text[])`.execute(tx);
  const said = [
    ...identifiers,
    ...profiles.flatMap(({ traits }) =>
      Object.entries(traits).flatMap(([kind, value]) =>
        typeof value === 'string' ? [{ kind, value }] : [],
      ),
    ),
  ];
  const addresses = new Map(written.map((each) => [`${each.channel} ${each.address}`, each]));
  for (const { kind, value } of said) {
    const address = value.trim().toLowerCase();
    if (address === '') continue;
    for (const channel of channelsOfTrait(kind)) {
      for (const each of new Set([address, normalAddress(channel, address).toLowerCase()])) {
        addresses.set(`${channel} ${each}`, { channel, address: each });
      }
    }
  }
  const strings = [
    ...identifiers.map(({ value }) => value),
    ...profiles.flatMap(({ traits }) => namesIn(traits)),
    ...[...addresses.values()].map(({ address }) => address),
  ]
    .map((text) => text.trim().toLowerCase())
    .filter((text) => text.length >= MIN_CHARACTERS);
  const valuesOf = (kind: string) =>
    identifiers.filter((each) => each.kind === kind).map(({ value }) => value);
  return {
    strings: [...new Set(strings)],
    addresses: [...addresses.values()],
    userIds: valuesOf('user_id'),
    anonymousIds: valuesOf('anonymous_id'),
  };
}

function namesIn(traits: JsonObject): readonly string[] {
  return Object.entries(traits).flatMap(([name, value]) =>
    NAMING.test(name) ? textsIn(value) : isJsonObject(value) ? namesIn(value) : [],
  );
}

function textsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value as Readonly<Record<string, Json>>).flatMap(textsIn);
}

/** Whether a text contains one of the person's terms as a word. */
export function mentionsPii(text: string, { strings }: Pick<PiiTerms, 'strings'>): boolean {
  const lower = text.toLowerCase();
  return strings.some((word) => {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
      if (!isLetter(lower[at - 1]) && !isLetter(lower[at + word.length])) return true;
    }
    return false;
  });
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
