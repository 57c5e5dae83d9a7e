import { isJsonObject, type JsonObject } from '../json';
import type { CustomerContext } from './computed';

/** The latest device and location in the context of a customer's events. */
export interface ReportedContext {
  /** `device`, `os`, `app` and `userAgent` of one event's context; null if no event has any. */
  readonly device: JsonObject | null;
  /** The `location` of one event's context. */
  readonly location: JsonObject | null;
}

interface ContextFacts {
  readonly reported: ReportedContext;
  readonly traits: JsonObject;
  readonly timeZone: string | null;
  readonly locale: string | null;
}

const MAX_LENGTH = 100;

/** A device's id, name and push token identify a person, so they are left out. */
export function contextOf({ reported, traits, timeZone, locale }: ContextFacts): CustomerContext {
  return {
    device: reported.device === null ? null : deviceOf(reported.device),
    place: placeIn(reported.location) ?? placeIn(traits['address']),
    zone: timeZone,
    locale,
  };
}

function deviceOf(given: JsonObject): CustomerContext['device'] {
  const agent = typeof given['userAgent'] === 'string' ? parseUserAgent(given['userAgent']) : {};
  return nonEmptyTexts({
    ...agent,
    type: part(given, 'device', 'type') ?? agent.type,
    manufacturer: part(given, 'device', 'manufacturer'),
    model: part(given, 'device', 'model'),
    os: part(given, 'os', 'name') ?? agent.os,
    osVersion: part(given, 'os', 'version'),
    app: part(given, 'app', 'name'),
    appVersion: part(given, 'app', 'version'),
  });
}

function placeIn(given: unknown): CustomerContext['place'] {
  if (!isJsonObject(given)) return null;
  return nonEmptyTexts({ city: given['city'], region: given['region'], country: given['country'] });
}

function part(given: JsonObject, group: string, name: string): unknown {
  const found = given[group];
  return isJsonObject(found) ? found[name] : undefined;
}

/** The values that are non-empty texts; null if there are none. */
function nonEmptyTexts(
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> | null {
  const texts = Object.entries(values).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  if (texts.length === 0) return null;
  return Object.fromEntries(texts.map(([name, value]) => [name, value.slice(0, MAX_LENGTH)]));
}

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad|iPod/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

/** Derives the device type and the operating system from a user agent. */
function parseUserAgent(agent: string): { readonly type?: string; readonly os?: string } {
  const os = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  if (os === undefined) return {};
  return { type: /Mobi|iPad|Tablet|Android/.test(agent) ? 'mobile' : 'desktop', os };
}
