import { sql } from 'kysely';
import type { Db } from '../db/transaction';
import type { TrackingCall } from '../domain/events/tracking-call';
import { IDENTIFIER_KINDS, type Identifier } from '../domain/identity/identifier';
import type { CallIdentity } from '../domain/identity/identity-of-call';
import { isJsonObject, type Json } from '../domain/json';
import { readVisitor, VISITOR_PARAMETER } from '../links/visitor-token';

/**
 * Adds to the calls of recognised visitors whom they were recognised as. A page that was opened from
 * one of our messages has a visitor token in its address, which Segment's libraries report in
 * `context.page.url` or `search`. The customer is given by one of their identifiers, which moves
 * with them when they are merged.
 */
export async function recogniseVisitors<
  Call extends { readonly call: TrackingCall; readonly identity: CallIdentity },
>(
  db: Db,
  calls: readonly Call[],
  signingKey: string | undefined,
  now: Date,
): Promise<readonly Call[]> {
  if (signingKey === undefined) return calls;
  const visitors = calls.map(({ call }) => {
    const token = tokenIn(call);
    return token === undefined ? undefined : readVisitor(token, signingKey, now)?.customerId;
  });
  const ids = [...new Set(visitors.filter((id) => id !== undefined))];
  if (ids.length === 0) return calls;
  const { rows } = await sql<Identifier & { readonly id: string }>`
    select w.id, i.kind, i.value from unnest(${ids}::text[]) as w (id)
    cross join lateral (
      select kind, value from identifiers where customer_id = current_customer(w.id)
      order by array_position(${[...IDENTIFIER_KINDS]}::text[], kind), created_at limit 1) i`.execute(
    db,
  );
  const identifiers = new Map(rows.map(({ id, kind, value }) => [id, { kind, value }]));
  return calls.map((each, index) => {
    const recognised = identifiers.get(visitors[index] ?? '');
    return recognised === undefined
      ? each
      : { ...each, identity: { ...each.identity, recognised } };
  });
}

function tokenIn({ context }: TrackingCall): string | undefined {
  const { page } = context;
  if (!isJsonObject(page)) return undefined;
  return tokenOf(page['search']) ?? tokenOf(page['url']);
}

function tokenOf(address: Json | undefined): string | undefined {
  if (typeof address !== 'string') return undefined;
  const query = address.slice(address.indexOf('?') + 1).split('#', 1)[0];
  return new URLSearchParams(query).get(VISITOR_PARAMETER) ?? undefined;
}
