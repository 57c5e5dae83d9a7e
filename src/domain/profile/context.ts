import { isJsonObject, type JsonObject } from '../json';
import type { CustomerContext } from './computed';

/** The latest that a customer's events told of where they are and what they hold in their hand. */
export interface ToldContext {
  /** `device`, `os`, `app` and `userAgent` of one event's context; null where none told any. */
  readonly device: JsonObject | null;
  /** The `location` of one event's context. */
  readonly location: JsonObject | null;
}

interface Given {
  readonly told: ToldContext;
  readonly traits: JsonObject;
  readonly timeZone: string | null;
  readonly locale: string | null;
}

const LONGEST = 100;

/** A device's id, name and push tokens say who somebody is; they are not part of this. */
export function contextOf({ told, traits, timeZone, locale }: Given): CustomerContext {
  return {
    device: told.device === null ? null : deviceOf(told.device),
    place: placeIn(told.location) ?? placeIn(traits['address']),
    zone: timeZone,
    locale,
  };
}

function deviceOf(given: JsonObject): CustomerContext['device'] {
  const agent = typeof given['userAgent'] === 'string' ? readAgent(given['userAgent']) : {};
  return picked({
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
  return picked({ city: given['city'], region: given['region'], country: given['country'] });
}

function part(given: JsonObject, group: string, name: string): unknown {
  const found = given[group];
  return isJsonObject(found) ? found[name] : undefined;
}

/** The texts that are there; null where there is none. */
function picked(
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> | null {
  const told = Object.entries(values).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  if (told.length === 0) return null;
  return Object.fromEntries(told.map(([name, value]) => [name, value.slice(0, LONGEST)]));
}

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad|iPod/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

/** The little that a browser's name for itself is good for. */
function readAgent(agent: string): { readonly type?: string; readonly os?: string } {
  const os = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  if (os === undefined) return {};
  return { type: /Mobi|iPad|Tablet|Android/.test(agent) ? 'mobile' : 'desktop', os };
}
