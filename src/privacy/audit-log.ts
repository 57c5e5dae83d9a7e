import { newId } from '../db/new-id';
import type { Db } from '../db/transaction';
import type { JsonObject } from '../domain/json';

/** Who did something: a key by its name, the customer, or the system. */
export interface Actor {
  readonly name: string;
  readonly role: string;
}

export interface AuditEntry {
  readonly actor: Actor;
  /** What was done, such as `GET /v1/customers/:id`; never with the values of the parameters. */
  readonly action: string;
  /** Null where it concerns no customer, or many. */
  readonly customerId: string | null;
  /** Numbers and codes; no personal data. */
  readonly detail?: JsonObject;
}

/** Adds a row to the audit log, with the system's time: it records people, not journeys. */
export async function writeAudit(db: Db, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({
      id: newId(),
      at: new Date(),
      actor: entry.actor.name,
      role: entry.actor.role,
      action: entry.action,
      customer_id: entry.customerId,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute();
}
