import { sql } from 'kysely';
import { prepared } from '../db/sql/prepared';
import type { Db } from '../db/transaction';
import { FEEDBACK_EVENTS } from '../domain/profile/mood';
import type { ProfileFacts } from '../domain/profile/profile';
import { SYSTEM_PREFIX } from '../events/system-message-id';
import { PASSIVE_EVENTS, RECORDED_ACTS } from '../events/activity';

/** How many recent events are searched for a device and a location. */
const MAX_CONTEXT_EVENTS = 100;
/** How many of a customer's latest feedback events count. */
const MAX_FEEDBACK = 50;

export interface CustomerFacts extends ProfileFacts {
  readonly customerId: string;
  readonly createdAt: Date;
}

const iso = (moment: ReturnType<typeof sql>) =>
  sql`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * Reads the facts from which customers' profiles are computed. Omits customers who do not exist or
 * were merged into others.
 *
 * @param defaultZone the zone of customers without a time zone
 */
export async function readFacts(
  db: Db,
  customerIds: readonly string[],
  defaultZone: string,
): Promise<readonly CustomerFacts[]> {
  if (customerIds.length === 0) return [];
  const { rows } =
    await prepared<CustomerFacts>`select c.id as "customerId", c.created_at as "createdAt", c.traits, c.time_zone as "timeZone", c.locale,
      exists (select from identifiers where customer_id = c.id and kind = 'user_id')
        as identified,
      coalesce(o.orders, '[]') as orders, coalesce(f.feedback, '[]') as feedback,
      a."firstSeen", a."lastSeen", a.sessions, a."preferredHour",
      (select channel from messages
        where customer_id = c.id and (opened_at is not null or clicked_at is not null)
        group by channel
        order by sum(case when clicked_at is null then 1 else 3 end) desc,
          max(coalesce(clicked_at, opened_at)) desc, channel
        limit 1) as "favouriteChannel",
      json_build_object('device', t.device, 'location', t.location) as reported
    from unnest(${customerIds}::text[]) as i (id)
    cross join lateral (
      select id, created_at, traits, time_zone, locale, zone_or_utc(coalesce(time_zone, ${defaultZone})) as zone
      from customers where id = i.id and merged_into is null offset 0) c
    cross join lateral (
      select json_agg(json_build_object('completedAt', ${iso(sql`completed_at`)},
          'amount', amount, 'refunded', refunded, 'currency', currency)
        order by completed_at, completed_seq, completed_event_id) as orders
      from orders where customer_id = c.id and counts) o
    cross join lateral (
      select json_agg(json_build_object('name', name, 'at', ${iso(sql`occurred_at`)},
          'properties', properties) order by occurred_at) as feedback
      from (
        select name, occurred_at, properties from events
        where customer_id = c.id and name = any(${[...FEEDBACK_EVENTS]}::text[])
        order by occurred_at desc limit ${MAX_FEEDBACK}) latest) f
    cross join lateral (
      select ${iso(sql`min(at)`)} as "firstSeen", ${iso(sql`max(at)`)} as "lastSeen",
        count(*) filter (where gap is null or gap > interval '30 minutes')::integer as sessions,
        (mode() within group (order by extract(hour from at at time zone c.zone)))::integer
          as "preferredHour"
      from (
        select occurred_at as at, occurred_at - lag(occurred_at) over (order by occurred_at) as gap
        from events
        where customer_id = c.id and name <> all(${[...PASSIVE_EVENTS]}::text[])
          -- An imported identify call is not an act of the customer.
          and not (type = 'identify' and context ->> 'source' is not distinct from 'import')
          and (message_id not like ${`${SYSTEM_PREFIX}%`} or name = any(${[...RECORDED_ACTS]}::text[]))
      ) acts) a
    cross join lateral (
      select (array_agg(device order by seq desc) filter (where device is not null))[1] as device,
        (array_agg(location order by seq desc) filter (where location is not null))[1] as location
      from (
        select seq,
          case when context ?| array['device', 'os', 'userAgent'] then jsonb_build_object(
            'device', context -> 'device', 'os', context -> 'os', 'app', context -> 'app',
            'userAgent', context -> 'userAgent') end as device,
          case when jsonb_typeof(context -> 'location') = 'object'
            then context -> 'location' end as location
        from events where customer_id = c.id order by seq desc limit ${MAX_CONTEXT_EVENTS}) latest) t`.execute(
      db,
    );
  return rows;
}
