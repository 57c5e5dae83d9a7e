/**
 * Customers, the identifiers by which they are found, and their merges.
 *
 * A customer has one primary user id; user ids that a merge or an alias adds are `secondary`, so
 * that two concurrent requests cannot give one customer two primary ones. An e-mail address is an
 * identifier as well: it belongs to the first customer who had it.
 *
 * The row of an erased customer remains under a random id, for the rows that must keep a reference,
 * with nothing but its creation time. It is merged into itself, so that every statement that skips
 * merged customers skips it.
 */
export const customers: readonly string[] = [
  `create table customers (
    id text primary key,
    traits jsonb not null default '{}',
    time_zone text,
    locale text,
    merged_into text references customers (id),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    erased_at timestamptz
  )`,
  `create index customers_email on customers (lower(traits->>'email'))`,
  `create index customers_phone on customers (regexp_replace(traits ->> 'phone', '[^0-9+]', '', 'g'))
    where traits ? 'phone'`,
  `create table identifiers (
    kind text not null,
    value text not null,
    customer_id text not null references customers (id),
    secondary boolean not null default false,
    created_at timestamptz not null,
    primary key (kind, value)
  )`,
  // Leads with the customer and ends with the kind, so that a plan made while the tables are empty
  // stays good.
  `create index identifiers_customer on identifiers (customer_id, kind)`,
  `create unique index identifiers_primary_user_id on identifiers (customer_id)
    where kind = 'user_id' and not secondary`,
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
  // The customer that an id now refers to, however often they were merged; null when they were
  // erased or never existed.
  `create function current_customer(customer text) returns text language plpgsql stable as $$
    declare
      current_id text := customer;
      next_id text;
    begin
      loop
        select merged_into into next_id from customers where id = current_id;
        if not found or next_id = current_id then return null; end if;
        if next_id is null then return current_id; end if;
        current_id := next_id;
      end loop;
    end $$`,
];
