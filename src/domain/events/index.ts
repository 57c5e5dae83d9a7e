import { appEvents } from './app-events';
import { commerceEvents } from './commerce';
import { emailEvents } from './email';

/**
 * Segment's vocabularies for commerce, mobile and SaaS applications and e-mail, for a catalogue to
 * include. The engine's own events need no declaration.
 *
 * @example
 * const events = { ...standardEvents, 'Signed Up': z.looseObject({ plan: z.string() }) };
 */
export const standardEvents = { ...commerceEvents, ...appEvents, ...emailEvents } as const;
