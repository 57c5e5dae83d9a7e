import {
  IDENTIFIER_KINDS,
  nameOfIdentifier,
  type Identifier,
  type IdentifierKind,
  type IdentifierLimits,
} from './identifier';
import type { CallIdentity } from './identity-of-call';

/** A stored customer, as far as claims and merges depend on it. */
export interface KnownCustomer {
  readonly id: string;
  readonly createdAt: Date;
  /** The number of their identifiers of each kind. */
  readonly counts: Partial<Readonly<Record<IdentifierKind, number>>>;
}

/** An identifier that is assigned to a customer. */
export interface IdentifierClaim extends Identifier {
  readonly customerId: string;
  /** Whether it is a further user id of the customer, added by an alias. */
  readonly secondary: boolean;
}

/** Two customers who are the same person. */
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
  /** Whether they have a stored user id. */
  readonly hasStoredUser: boolean;
  mergedInto: Entry | undefined;
}

interface Claimed {
  readonly identifier: Identifier;
  readonly entry: Entry;
}

/**
 * Resolves the customers of calls, one call after the other:
 *
 * 1. The customer is the owner of the strongest identifier that has one. An unowned user id goes to
 *    the owner of the strongest other identifier who has no user id yet, or to a new customer.
 * 2. The customer gets the unowned identifiers of the call, within the limit for each kind.
 * 3. If another identifier of the call belongs to another customer, the two are merged, unless both
 *    have a user id or would exceed the limit for a kind. So an identifier that two known customers
 *    share, such as a device, stays with the first one who claimed it.
 * 4. An alias merges the owner of the previous id with the owner of the user id: unconditionally if
 *    the previous id is a user id, and as in 3 if it is an anonymous id.
 *
 * 5. A customer identified by a click in a message is merged as in 3, and is weaker than any
 *    identifier.
 *
 * The customer with a user id survives, or the one whom an alias names; of two without, the older.
 * Pure: the caller supplies the stored state, and stores the results.
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

  /** Adds a stored customer. The counts may be empty if no call adds to or merges the customer. */
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

  /** @throws {Error} if the customer was not added by `describe` */
  own(identifier: Identifier, customerId: string): void {
    const entry = this.#entries.get(customerId);
    if (entry === undefined) throw new Error(`The customer ${customerId} was not described.`);
    this.#owners.set(nameOfIdentifier(identifier), entry);
  }

  /** @returns the customer of a call; undefined if the call has no identifier */
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

  /** The id of the customer that survives all merges of a customer. */
  current(customerId: string): string {
    const entry = this.#entries.get(customerId);
    return entry === undefined ? customerId : live(entry).id;
  }

  /** New customers, without those that were merged into others. */
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

  /** Merges of stored customers, each into the surviving one. */
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
    // Only an alias adds a second user id.
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
 * The stored customers that some calls may change, and that therefore need their counts: those who
 * share a call with another customer or with an unowned identifier.
 *
 * @param ownerOf the stored owner of an identifier
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
