import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * Customers who turn out to be one. A customer has one user id of their own; others are `joined` by
 * an alias, so that no two requests can give one customer two. E-mail addresses become identifiers:
 * an address belongs to the first customer who had it.
 */
const statements = [
  `alter table identifiers add column joined boolean not null default false`,
  `update identifiers i set joined = true
    where kind = 'user_id' and exists (
      select from identifiers o where o.customer_id = i.customer_id and o.kind = 'user_id'
        and (o.created_at, o.value) < (i.created_at, i.value))`,
  `create unique index identifiers_one_user on identifiers (customer_id)
    where kind = 'user_id' and not joined`,
  `insert into identifiers (kind, value, customer_id, created_at)
    select distinct on (address) 'email', address, id, created_at
    from (
      select lower(trim(traits ->> 'email')) as address, id, created_at from customers
      where merged_into is null) c
    where address ~ '^[^[:space:]@<>,;"]+@[^[:space:]@<>,;"]+[.][^[:space:]@<>,;".]+$'
      and length(address) <= 254
    order by address, created_at, id
    on conflict do nothing`,
  `create table merges (
    id text primary key,
    survivor_id text not null references customers (id),
    merged_id text not null references customers (id),
    cause text not null,
    event_id text,
    moved jsonb not null,
    at timestamptz not null
  )`,
  `create index merges_survivor on merges (survivor_id, at)`,
  `create index merges_merged on merges (merged_id)`,
  // Whom a customer's id stands for, however often they were merged; null where it is nobody's.
  `create function current_customer(given text) returns text language plpgsql stable as $$
    declare
      found text := given;
      leads_to text;
    begin
      loop
        select coalesce(merged_into, id) into leads_to from customers where id = found;
        if leads_to is null or leads_to = found then return leads_to; end if;
        found := leads_to;
      end loop;
    end $$`,
  // Who else got a message at an address.
  `create index messages_address on messages (lower(address), decided_at)
    where purpose <> 'transactional'`,
];

export const identity = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
