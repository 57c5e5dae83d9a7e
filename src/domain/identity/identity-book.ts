import {
  IDENTIFIER_KINDS,
  nameOfIdentifier,
  type Identifier,
  type IdentifierKind,
  type IdentifierLimits,
} from './identifier';
import type { CallIdentity } from './identity-of-call';

/** What the rule has to know of a customer who is concerned by a claim or a merge. */
export interface KnownCustomer {
  readonly id: string;
  readonly createdAt: Date;
  /** How many identifiers of each kind they have. */
  readonly counts: Partial<Readonly<Record<IdentifierKind, number>>>;
}

/** An identifier that becomes a customer's. */
export interface IdentifierClaim extends Identifier {
  readonly customerId: string;
  /** A user id beside the customer's first one, which an alias brought. */
  readonly secondary: boolean;
}

/** Two customers who are one. */
export interface CustomerMerge {
  readonly from: string;
  readonly into: string;
  readonly cause: 'alias' | 'shared identifier';
}

interface Entry {
  readonly id: string;
  readonly createdAt: number;
  readonly stored: boolean;
  readonly counts: Map<IdentifierKind, number>;
  /** Whether a user id of theirs is stored. */
  readonly hasStoredUser: boolean;
  mergedInto: Entry | undefined;
}

interface Claimed {
  readonly identifier: Identifier;
  readonly entry: Entry;
}

/**
 * The rule by which calls find their customer, one after the other:
 *
 * 1. The strongest identifier of a call that somebody has decides whose it is. A user id that nobody
 *    has goes to the strongest other identifier's customer who has no user id yet, or to a new one.
 * 2. What nobody has becomes that customer's, as long as they have not too many of the kind.
 * 3. Where another identifier of the call has another customer, the two are one, unless both have a
 *    user id or would have too many identifiers of a kind. So what two known customers share, such
 *    as a device, stays with the first that claimed it.
 * 4. An alias joins the customer of the id before with the one of the user id, whatever they have,
 *    if the id before is a user id; if it is an anonymous id, as in 3.
 *
 * 5. Whom a click in a message recognised is joined as in 3, and counts less than any identifier.
 *
 * The customer with a user id remains, and the one whom an alias names; of two without, the older.
 * Pure: it is told what is stored, and tells what is to be stored.
 */
export class IdentityBook {
  readonly #limits: IdentifierLimits;
  readonly #newId: () => string;
  readonly #now: number;
  readonly #entries = new Map<string, Entry>();
  readonly #owners = new Map<string, Entry>();
  readonly #created: Entry[] = [];
  readonly #claimed: Claimed[] = [];
  readonly #merges: { from: Entry; into: Entry; cause: CustomerMerge['cause'] }[] = [];

  constructor(limits: IdentifierLimits, newId: () => string, now: Date) {
    this.#limits = limits;
    this.#newId = newId;
    this.#now = now.getTime();
  }

  /** Tells of a stored customer; of one whom no call gives or takes anything, the counts are not needed. */
  describe({ id, createdAt, counts }: KnownCustomer): void {
    const held = new Map(IDENTIFIER_KINDS.map((kind) => [kind, counts[kind] ?? 0]));
    this.#entries.set(id, {
      id,
      createdAt: createdAt.getTime(),
      stored: true,
      counts: held,
      hasStoredUser: (counts.user_id ?? 0) > 0,
      mergedInto: undefined,
    });
  }

  /** @throws {Error} for a customer who was not described */
  own(identifier: Identifier, customerId: string): void {
    const entry = this.#entries.get(customerId);
    if (entry === undefined) throw new Error(`The customer ${customerId} was not described.`);
    this.#owners.set(nameOfIdentifier(identifier), entry);
  }

  /** @returns the customer of a call; undefined where it names nobody */
  settle({ identifiers, previousId, recognised }: CallIdentity): string | undefined {
    const previousUser =
      previousId === undefined ? undefined : this.#ownerOf({ kind: 'user_id', value: previousId });
    const list =
      previousId === undefined || previousUser !== undefined
        ? identifiers
        : [...identifiers, { kind: 'anonymous_id' as const, value: previousId }];
    const visitor = recognised && this.#ownerOf(recognised);
    if (list.length === 0) return (previousUser ?? visitor)?.id;
    let customer = this.#customerOf(list, previousUser);
    for (const identifier of list) {
      const owner = this.#ownerOf(identifier);
      if (owner === undefined) this.#claim(identifier, customer);
      else if (owner !== customer && this.#mayBeOne(owner, customer)) {
        customer = this.#join(owner, customer);
      }
    }
    if (
      visitor !== undefined &&
      live(visitor) !== customer &&
      this.#mayBeOne(live(visitor), customer)
    ) {
      customer = this.#join(live(visitor), customer);
    }
    if (previousUser !== undefined && live(previousUser) !== customer) {
      this.#merge(live(previousUser), customer, 'alias');
    }
    return customer.id;
  }

  /** Whose a customer's things are now. */
  current(customerId: string): string {
    const entry = this.#entries.get(customerId);
    return entry === undefined ? customerId : live(entry).id;
  }

  /** New customers, without those who turned out to be others. */
  get created(): readonly string[] {
    return this.#created.filter((entry) => live(entry) === entry).map(({ id }) => id);
  }

  get claims(): readonly IdentifierClaim[] {
    const withUser = new Set<Entry>();
    for (const entry of this.#entries.values()) if (entry.hasStoredUser) withUser.add(entry);
    return this.#claimed.map(({ identifier, entry }) => {
      const owner = live(entry);
      const secondary = identifier.kind === 'user_id' && withUser.has(owner);
      if (identifier.kind === 'user_id') withUser.add(owner);
      return { ...identifier, customerId: owner.id, secondary };
    });
  }

  /** Merges of stored customers, each into the one who remains. */
  get merges(): readonly CustomerMerge[] {
    return this.#merges
      .filter(({ from }) => from.stored)
      .map(({ from, into, cause }) => ({ from: from.id, into: live(into).id, cause }));
  }

  #customerOf(list: readonly Identifier[], previousUser: Entry | undefined): Entry {
    const owners = list.map((each) => this.#ownerOf(each)).filter((each) => each !== undefined);
    const user = list.find(({ kind }) => kind === 'user_id');
    if (user === undefined) return owners[0] ?? previousUser ?? this.#create();
    return (
      this.#ownerOf(user) ??
      previousUser ??
      owners.find((owner) => count(owner, 'user_id') === 0) ??
      this.#create()
    );
  }

  #ownerOf(identifier: Identifier): Entry | undefined {
    const owner = this.#owners.get(nameOfIdentifier(identifier));
    return owner && live(owner);
  }

  #create(): Entry {
    const entry: Entry = {
      id: this.#newId(),
      createdAt: this.#now,
      stored: false,
      counts: new Map(),
      hasStoredUser: false,
      mergedInto: undefined,
    };
    this.#entries.set(entry.id, entry);
    this.#created.push(entry);
    return entry;
  }

  #claim(identifier: Identifier, entry: Entry): void {
    const { kind } = identifier;
    // A second user id comes here by an alias only.
    if (kind !== 'user_id' && count(entry, kind) >= this.#limits[kind]) return;
    this.#owners.set(nameOfIdentifier(identifier), entry);
    entry.counts.set(kind, count(entry, kind) + 1);
    this.#claimed.push({ identifier, entry });
  }

  #mayBeOne(a: Entry, b: Entry): boolean {
    if (count(a, 'user_id') > 0 && count(b, 'user_id') > 0) return false;
    return IDENTIFIER_KINDS.every(
      (kind) => kind === 'user_id' || count(a, kind) + count(b, kind) <= this.#limits[kind],
    );
  }

  #join(a: Entry, b: Entry): Entry {
    const [remains, goes] = outranks(a, b) ? [a, b] : [b, a];
    this.#merge(goes, remains, 'shared identifier');
    return remains;
  }

  #merge(from: Entry, into: Entry, cause: CustomerMerge['cause']): void {
    for (const [kind, number] of from.counts) into.counts.set(kind, count(into, kind) + number);
    from.mergedInto = into;
    this.#merges.push({ from, into, cause });
  }
}

/**
 * The stored customers who may gain or lose something by some calls, and so have to be described in
 * full: those who share a call with another customer or with an identifier that nobody has.
 *
 * @param ownerOf the customer who has an identifier in the store
 */
export function concernedCustomers(
  calls: readonly CallIdentity[],
  ownerOf: (identifier: Identifier) => string | undefined,
): ReadonlySet<string> {
  const concerned = new Set<string>();
  for (const { identifiers, previousId, recognised } of calls) {
    const visitor =
      recognised !== undefined && ownerOf(recognised) !== undefined ? [recognised] : [];
    const previous =
      previousId === undefined
        ? []
        : [{ kind: 'user_id' as const, value: previousId }].filter((each) => ownerOf(each));
    const anonymous =
      previousId === undefined || previous.length > 0
        ? []
        : [{ kind: 'anonymous_id' as const, value: previousId }];
    const owners = new Set([...identifiers, ...previous, ...anonymous, ...visitor].map(ownerOf));
    if (owners.size < 2) continue;
    for (const owner of owners) if (owner !== undefined) concerned.add(owner);
  }
  return concerned;
}

function live(entry: Entry): Entry {
  let at = entry;
  while (at.mergedInto !== undefined) at = at.mergedInto;
  return at;
}

function count(entry: Entry, kind: IdentifierKind): number {
  return entry.counts.get(kind) ?? 0;
}

function outranks(a: Entry, b: Entry): boolean {
  const users = count(a, 'user_id') - count(b, 'user_id');
  if (users !== 0) return users > 0;
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt;
  return a.id < b.id;
}
