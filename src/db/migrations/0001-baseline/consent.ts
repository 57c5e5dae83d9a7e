/**
 * Consents with their ledger, and preferences.
 *
 * The ledger is append-only. Two operations may still change its entries: a merge, which moves them
 * to the surviving customer and changes nothing else (checked at the end of the transaction, so
 * that the move may come before `merged_into` is set), and an erasure, which names the customers it
 * erases, separated by blanks: `set_config('throughline.erasing', …, true)`.
 */
export const consent: readonly string[] = [
  `create table consents (
    customer_id text not null references customers (id),
    channel text not null,
    purpose text not null,
    state text not null,
    at timestamptz not null,
    primary key (customer_id, channel, purpose)
  )`,
  // Read by the consent expiry job, oldest first.
  `create index consents_aging on consents (state, at) where state in ('pending', 'subscribed')`,
  `create table consent_ledger (
    id text primary key,
    customer_id text not null references customers (id),
    channel text not null,
    purpose text not null,
    state text not null,
    source text not null,
    wording text,
    proof jsonb not null,
    at timestamptz not null,
    recorded_at timestamptz not null
  )`,
  `create index consent_ledger_customer on consent_ledger (customer_id, id)`,
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
    raise exception 'Found a % of consent_ledger, which is append-only; write a new entry instead, or set throughline.erasing to the ids of the customers that are being erased.', lower(tg_op)
      using errcode = 'restrict_violation';
  end $guard$`,
  `create trigger consent_ledger_guard before update or delete on consent_ledger
    for each row execute function guard_consent_ledger()`,
  `create trigger consent_ledger_truncate_guard before truncate on consent_ledger
    for each statement execute function guard_consent_ledger()`,
  `create function check_consent_move() returns trigger language plpgsql as $check$
  begin
    if new.customer_id = old.customer_id
      or old.customer_id = any(string_to_array(current_setting('throughline.erasing', true), ' '))
      or exists (select from customers where id = old.customer_id and merged_into is not null)
    then return null; end if;
    raise exception 'Found entries of consent_ledger moved from a customer who has not been merged; move them in the transaction that sets merged_into.'
      using errcode = 'restrict_violation';
  end $check$`,
  `create constraint trigger consent_ledger_move_check after update on consent_ledger
    deferrable initially deferred
    for each row execute function check_consent_move()`,
  // The effective state of one channel and purpose, wildcards included: `nextConsent` of
  // domain/consent in SQL. A request never replaces a subscription, and an expiry never an opt-out.
  `create function effective_consent(customer text, on_channel text, for_purpose text)
    returns text language plpgsql stable as $$
    declare
      statement record;
      effective text := 'none';
    begin
      for statement in
        select state from consents
        where customer_id = customer and channel in (on_channel, '*')
          and purpose in (for_purpose, '*')
        order by at, array_position(
          array['subscribed', 'pending', 'none', 'unsubscribed'], state)
      loop
        if not (effective = 'subscribed' and statement.state = 'pending')
          and not (effective = 'unsubscribed' and statement.state = 'none') then
          effective := statement.state;
        end if;
      end loop;
      return effective;
    end $$`,
  `create table customer_preferences (
    customer_id text primary key references customers (id),
    preferences jsonb not null,
    updated_at timestamptz not null
  )`,
];
