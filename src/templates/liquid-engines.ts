import { Liquid } from 'liquidjs';
import { localDate, localDatetime, localTime, money } from './intl-filters';

export type LiquidEngine = Liquid;

/** Far above the needs of any mail, and far below what would slow down a process. */
const LIQUID_LIMITS = {
  /** Characters of a template. */
  parseLimit: 500_000,
  /** Milliseconds of one rendering. */
  renderLimit: 500,
  /** Objects and characters that one rendering may allocate. */
  memoryLimit: 2_000_000,
} as const;

function createEngine(outputEscape: 'escape' | ((value: unknown) => string) | undefined): Liquid {
  const engine = new Liquid({
    ...LIQUID_LIMITS,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true, // `{% if x %}` and `| default:` test whether x is defined
    ownPropertyOnly: true,
    templates: {}, // includes must not read files
    ...(outputEscape ? { outputEscape } : {}),
  });
  engine.registerFilter('money', money);
  engine.registerFilter('local_date', localDate);
  engine.registerFilter('local_time', localTime);
  engine.registerFilter('local_datetime', localDatetime);
  // These use the system clock or random numbers; rendering must depend only on the context, which
  // has the time of the journey's clock.
  for (const impure of [
    'date',
    'date_to_xmlschema',
    'date_to_rfc822',
    'date_to_string',
    'date_to_long_string',
    'sample',
  ]) {
    engine.unregisterFilter(impure);
  }
  if (typeof outputEscape === 'function') {
    engine.registerFilter('json', (value: unknown) => new JsonText(toJson(value)));
  }
  return engine;
}

/** Text that is already JSON, so that `{{ x | json }}` is not encoded twice. */
class JsonText {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

function toJson(value: unknown): string {
  return JSON.stringify(value ?? null);
}

/**
 * One Liquid engine per output format. Values from customers and events are escaped for the format by
 * default, which prevents injection.
 */
export const liquidEngines = {
  html: createEngine('escape'),
  text: createEngine(undefined),
  /** Each `{{ output }}` becomes a JSON value: `{"order": {{ event.properties.order_id }}}`. */
  json: createEngine((value) => (value instanceof JsonText ? value.json : toJson(value))),
} as const;
