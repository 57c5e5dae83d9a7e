import type { z } from 'zod';
import { journeyProperties } from '../domain/events/journey-properties';
import type { JsonObject } from '../domain/json';
import type { RoutedEvent } from '../journey/journey-event';

/**
 * An event as it may stand in a workflow's history: its declared, scalar, non-personal properties.
 * Of an event that the catalogue does not know only the name travels.
 */
export function toRoutedEvent(
  event: {
    readonly id: string;
    readonly name: string;
    readonly properties: JsonObject;
    readonly aboutMessageId: string | null;
    readonly occurredAt: Date;
  },
  schemas: Readonly<Record<string, z.ZodType>>,
): RoutedEvent {
  const schema = Object.hasOwn(schemas, event.name) ? schemas[event.name] : undefined;
  return {
    id: event.id,
    name: event.name,
    at: event.occurredAt.getTime(),
    properties: schema === undefined ? {} : journeyProperties(schema, event.properties),
    ...(event.aboutMessageId !== null && { of: event.aboutMessageId }),
  };
}
