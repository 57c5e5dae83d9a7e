import { newId } from '../db/new-id';
import type { Db } from '../db/transaction';
import type { JsonObject } from '../domain/json';

/** Who did something: a key by its name, the customer themselves, the system. */
export interface Actor {
  readonly name: string;
  readonly role: string;
}

export interface AuditEntry {
  readonly actor: Actor;
  /** What was done, such as `GET /v1/customers/:id`; never with what the address was filled with. */
  readonly action: string;
  /** Null where it concerns nobody, or many at once. */
  readonly customerId: string | null;
  /** Numbers and codes; nothing personal. */
  readonly detail?: JsonObject;
}

/** Adds a row to the audit log, at the machine's time: it is about people, not about journeys. */
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
