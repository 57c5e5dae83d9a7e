import type { ConsentState } from '../../domain/consent/consent';
import type { JsonObject } from '../../domain/json';
import type { Jsonb, Time } from './column-types';

export interface ConsentTables {
  consents: {
    customer_id: string;
    channel: string;
    purpose: string;
    state: ConsentState;
    at: Time;
  };
  consent_ledger: {
    id: string;
    customer_id: string;
    channel: string;
    purpose: string;
    state: ConsentState;
    source: string;
    /** The version of the text that the customer agreed to. */
    wording: string | null;
    proof: Jsonb<JsonObject>;
    /** When the customer stated it. */
    at: Time;
    /** When it was stored. */
    recorded_at: Time;
  };
  customer_preferences: {
    customer_id: string;
    preferences: Jsonb<JsonObject>;
    updated_at: Time;
  };
}
