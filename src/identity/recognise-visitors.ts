import { sql } from 'kysely';
import type { Db } from '../db/transaction';
import type { TrackingCall } from '../domain/events/tracking-call';
import { IDENTIFIER_KINDS, type Identifier } from '../domain/identity/identifier';
import { isJsonObject, type Json } from '../domain/json';
import { readVisitor, VISITOR_PARAMETER } from '../links/visitor-token';
import type { IncomingCall } from '../ingest/incoming';

/**
 * Adds to calls what they were recognised by: a page that was opened from a message of ours carries
 * its token in the address, as Segment's libraries report it (`context.page.url` or `search`). The
 * customer is named by an identifier of theirs, which goes with them wherever they are merged.
 */
export async function identifyVisitors(
  db: Db,
  calls: readonly IncomingCall[],
  signingKey: string | undefined,
  now: Date,
): Promise<readonly IncomingCall[]> {
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
  const names = new Map(rows.map(({ id, kind, value }) => [id, { kind, value }]));
  return calls.map((each, at) => {
    const recognised = names.get(visitors[at] ?? '');
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
