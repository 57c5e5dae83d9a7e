import { sql, type RawBuilder } from 'kysely';
import { combineTouches, type ReportedTouch } from '../../domain/touches/touch';
import { recordset } from '../sql/recordset';

/**
 * The owner of the table `touches`: one row per message and outcome, with the columns by which
 * reports group. Outcomes are independent facts, so they have no transitions.
 *
 * | outcome                                         | written                                    |
 * | ----------------------------------------------- | ------------------------------------------ |
 * | `sent`                                          | when a provider has taken the message      |
 * | `delivered`, `opened`, `clicked`, `bounced`,    | when an event reports it; `at` is the      |
 * | `complained`                                    | earliest report, whatever arrives first    |
 *
 * A merge moves the rows, an erasure replaces the customer.
 */
/** The columns that a touch copies from its message. */
export const TOUCH_DIMENSIONS = sql.raw(
  'customer_id, enrollment_id, journey, step, purpose, template, variant, channel, provider, country',
);

/**
 * The touch of a message that was just sent, to be composed into the statement that marks it.
 *
 * @param sent the name of a part of that statement that returns `id` and `TOUCH_DIMENSIONS` of the
 *   message
 */
export function insertSentTouch(sent: string, at: Date): RawBuilder<unknown> {
  return sql`
    insert into touches (message_id, outcome, at, ${TOUCH_DIMENSIONS})
    select id, 'sent', ${at}::timestamptz, ${TOUCH_DIMENSIONS} from ${sql.id(sent)}
    on conflict (message_id, outcome) do nothing`;
}

/** The touches that events report, to be composed into the statement that stores the events. */
export function upsertReportedTouches(reports: readonly ReportedTouch[]): RawBuilder<unknown> {
  const touches = new Map<string, ReportedTouch>();
  for (const report of reports) {
    const id = JSON.stringify([report.messageId, report.outcome]);
    const known = touches.get(id);
    touches.set(id, known === undefined ? report : combineTouches(known, report));
  }
  const rows = [...touches.values()].map(({ messageId, outcome, at, machine }) => {
    return { message_id: messageId, outcome, at, machine };
  });
  // Sorted, so that transactions lock touches in the same order. The update is `combineTouches`.
  return sql`
    insert into touches (message_id, outcome, at, machine, ${TOUCH_DIMENSIONS})
    select t.message_id, t.outcome, t.at, t.machine, ${TOUCH_DIMENSIONS}
    from ${recordset(rows, {
      message_id: 'text',
      outcome: 'text',
      at: 'timestamptz',
      machine: 'boolean',
    })} as t
    join messages m on m.id = t.message_id
    order by t.message_id collate "C", t.outcome collate "C"
    on conflict (message_id, outcome) do update set
      at = case
        when touches.machine is true and excluded.machine is not true then excluded.at
        when touches.machine is not true and excluded.machine is true then touches.at
        else least(touches.at, excluded.at) end,
      machine = touches.machine and excluded.machine
    where excluded.at < touches.at or excluded.machine is distinct from touches.machine`;
}
