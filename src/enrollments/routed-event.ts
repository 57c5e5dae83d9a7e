import type { z } from 'zod';
import { journeyProperties } from '../domain/events/journey-properties';
import type { JsonObject } from '../domain/json';
import type { RoutedEvent } from '../journey/journey-event';

/**
 * An event as it may appear in a workflow's history: with its declared, scalar, non-personal
 * properties. An event that is not in the catalogue has none.
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
