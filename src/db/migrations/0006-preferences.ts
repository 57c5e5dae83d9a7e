import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * What customers would like, and a ledger of consent that nobody can rewrite. Two things may still
 * touch its entries: a merge, which moves them to the customer who stays and changes nothing else
 * (looked at when the transaction ends, so that it may move and mark in any order), and an erasure,
 * which says whose they are, with blanks between them: `set_config('throughline.erasing', …, true)`.
 */
const statements = [
  `create table customer_preferences (
    customer_id text primary key references customers (id),
    preferences jsonb not null,
    updated_at timestamptz not null
  )`,
  `alter table consent_ledger add column wording text`,
  `alter table consent_ledger add column recorded_at timestamptz`,
  `create function guard_consent_ledger() returns trigger language plpgsql as $guard$
  begin
    if tg_op = 'TRUNCATE' then
      raise exception 'Found a truncate of consent_ledger, which is append-only; write a new entry instead.'
        using errcode = 'restrict_violation';
    end if;
    if old.customer_id = any(string_to_array(current_setting('throughline.erasing', true), ' ')) then
      if tg_op = 'DELETE' then return old; end if;
      return new;
    end if;
    if tg_op = 'UPDATE' then
      if to_jsonb(new) - 'customer_id' = to_jsonb(old) - 'customer_id' then return new; end if;
    end if;
    raise exception 'Found a % of consent_ledger, which is append-only; write a new entry instead, or set throughline.erasing to the customer whose entries an erasure takes.', lower(tg_op)
      using errcode = 'restrict_violation';
  end $guard$`,
  `create trigger consent_ledger_guard before update or delete on consent_ledger
    for each row execute function guard_consent_ledger()`,
  `create trigger consent_ledger_whole before truncate on consent_ledger
    for each statement execute function guard_consent_ledger()`,
  `create function check_consent_move() returns trigger language plpgsql as $check$
  begin
    if new.customer_id = old.customer_id
      or old.customer_id = any(string_to_array(current_setting('throughline.erasing', true), ' '))
      or exists (select from customers where id = old.customer_id and merged_into is not null)
    then return null; end if;
    raise exception 'Found entries of consent_ledger moved from a customer who was merged into nobody; move them in the transaction that sets merged_into.'
      using errcode = 'restrict_violation';
  end $check$`,
  `create constraint trigger consent_ledger_move after update on consent_ledger
    deferrable initially deferred
    for each row execute function check_consent_move()`,
  // What the sweep of lapsed consents reads, the oldest first.
  `create index consents_aging on consents (state, at) where state in ('pending', 'subscribed')`,
  `create table inbound_messages (
    channel text not null,
    id text not null,
    answer jsonb not null,
    received_at timestamptz not null,
    primary key (channel, id)
  )`,
  `create table soft_bounces (
    message_id text primary key,
    customer_id text not null,
    channel text not null,
    address text not null,
    at timestamptz not null
  )`,
  `create index soft_bounces_address on soft_bounces (channel, address)`,
  `create index soft_bounces_customer on soft_bounces (customer_id)`,
  `create index customers_phone on customers (regexp_replace(traits ->> 'phone', '[^0-9+]', '', 'g'))
    where traits ? 'phone'`,
];

export const preferences = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
