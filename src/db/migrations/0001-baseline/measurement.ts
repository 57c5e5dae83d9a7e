/** An order with more events than this is compacted to half as many. */
const MAX_ORDER_EVENTS = 200;

/**
 * The fact tables of measurement. They have no foreign key to `customers`: an order event must not
 * lock its customer.
 */
export const measurement: readonly string[] = [
  // One row per customer and order; `key` identifies the order, see domain/orders.
  `create table orders (
    customer_id text not null,
    key text not null,
    order_id text,
    completed_at timestamptz,
    completed_seq bigint,
    completed_event_id text,
    received_at timestamptz,
    amount double precision,
    tax double precision,
    shipping double precision,
    discount double precision,
    currency text,
    items integer,
    quantity double precision,
    country text,
    refunded double precision not null,
    refunded_at timestamptz,
    cancelled_at timestamptz,
    counts boolean not null,
    events jsonb not null,
    primary key (customer_id, key)
  )`,
  `create index orders_completed on orders (completed_at) where completed_at is not null`,
  // Derives an order's columns from its events, so that the result does not depend on the order in
  // which events arrive. Completions come first, since any other event may overtake one.
  `create function fold_order() returns trigger language plpgsql as $$
    declare
      e record;
      total integer := jsonb_array_length(new.events);
      nth integer := 0;
      kept jsonb := '[]';
    begin
      select null, null, null, null, null, null, null, null, null, null, null, null, 0, null, null
        into new.completed_at, new.completed_seq, new.completed_event_id, new.received_at,
          new.amount, new.tax, new.shipping, new.discount, new.currency, new.items, new.quantity,
          new.country, new.refunded, new.refunded_at, new.cancelled_at;
      for e in
        select entry, f.* from jsonb_array_elements(new.events) as entry
        cross join lateral jsonb_to_record(entry) as f (
          id text, kind text, at timestamptz, seq bigint, received timestamptz,
          amount double precision, tax double precision, shipping double precision,
          discount double precision, currency text, items integer, quantity double precision,
          country text, refunded double precision, refunded_at timestamptz,
          cancelled_at timestamptz, completed_at timestamptz, completed_seq bigint,
          completed_event_id text)
        order by case f.kind when 'compacted' then 0 when 'completed' then 1 else 2 end,
          f.at, f.seq, f.id
      loop
        if e.kind = 'completed' then
          e.completed_at := e.at; e.completed_seq := e.seq; e.completed_event_id := e.id;
        end if;
        if e.completed_at < new.completed_at
          or (new.completed_at is null and e.completed_at is not null) then
          new.completed_at := e.completed_at;
          new.completed_seq := e.completed_seq;
          new.completed_event_id := e.completed_event_id;
          new.received_at := e.received;
        end if;
        if e.kind = 'refunded' then
          -- A refund without an amount is one of the amount that the order had by then.
          new.refunded := new.refunded + abs(coalesce(e.amount, new.amount, 0));
          new.refunded_at := greatest(new.refunded_at, e.at);
        elsif e.kind = 'cancelled' then
          new.cancelled_at := least(new.cancelled_at, e.at);
        else
          new.amount := coalesce(e.amount, new.amount);
          new.tax := coalesce(e.tax, new.tax);
          new.shipping := coalesce(e.shipping, new.shipping);
          new.discount := coalesce(e.discount, new.discount);
          new.currency := coalesce(e.currency, new.currency);
          new.items := coalesce(e.items, new.items);
          new.quantity := coalesce(e.quantity, new.quantity);
          new.country := coalesce(e.country, new.country);
          new.refunded := new.refunded + coalesce(e.refunded, 0);
          new.refunded_at := greatest(new.refunded_at, e.refunded_at);
          new.cancelled_at := least(new.cancelled_at, e.cancelled_at);
        end if;
        nth := nth + 1;
        if total <= ${MAX_ORDER_EVENTS} then continue; end if;
        if nth = total - ${MAX_ORDER_EVENTS / 2} then
          kept := jsonb_build_array(
            to_jsonb(new) - array['customer_id', 'key', 'order_id', 'counts', 'events']
            || jsonb_build_object('kind', 'compacted', 'id', e.id, 'at', e.at, 'seq', e.seq,
              'received', new.received_at));
        elsif nth > total - ${MAX_ORDER_EVENTS / 2} then
          kept := kept || e.entry;
        end if;
      end loop;
      if total > ${MAX_ORDER_EVENTS} then new.events := kept; end if;
      new.counts := new.completed_at is not null and new.cancelled_at is null
        and (new.refunded = 0 or new.refunded < coalesce(new.amount, 0));
      return new;
    end $$`,
  `create trigger fold_order before insert or update of events on orders
    for each row execute function fold_order()`,
  `create table exposures (
    decision_id text not null,
    kind text not null,
    experiment text not null,
    arm text not null,
    propensity double precision not null,
    customer_id text not null,
    enrollment_id text not null,
    journey text not null,
    step integer not null,
    template text not null,
    country text,
    at timestamptz not null,
    primary key (decision_id, kind, experiment)
  )`,
  `create index exposures_customer on exposures (customer_id)`,
  `create index exposures_experiment on exposures (kind, experiment, at)`,
  `create table touches (
    message_id text not null,
    outcome text not null,
    at timestamptz not null,
    machine boolean,
    customer_id text not null,
    enrollment_id text not null,
    journey text not null,
    step integer not null,
    purpose text not null,
    template text not null,
    variant jsonb not null,
    channel text not null,
    provider text,
    country text,
    primary key (message_id, outcome)
  )`,
  `create index touches_customer on touches (customer_id, at)`,
  // Rows are appended almost in time order, so a small BRIN index finds a period.
  `create index touches_time on touches using brin (at)`,
];
