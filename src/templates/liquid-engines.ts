import { Liquid } from 'liquidjs';
import { localDate, localDatetime, localTime, money } from './intl-filters';

export type LiquidEngine = Liquid;

/** Far above any mail, far below what a process would feel. */
const LIQUID_LIMITS = {
  /** Characters of a template. */
  parseLimit: 500_000,
  /** Milliseconds of one rendering. */
  renderLimit: 500,
  /** Objects and characters that one rendering may make. */
  memoryLimit: 2_000_000,
} as const;

function createEngine(outputEscape: 'escape' | ((value: unknown) => string) | undefined): Liquid {
  const engine = new Liquid({
    ...LIQUID_LIMITS,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true, // `{% if x %}` and `| default:` are how a template asks whether x is there
    ownPropertyOnly: true,
    templates: {}, // an include finds nothing, and never a file
    ...(outputEscape ? { outputEscape } : {}),
  });
  engine.registerFilter('money', money);
  engine.registerFilter('local_date', localDate);
  engine.registerFilter('local_time', localTime);
  engine.registerFilter('local_datetime', localDatetime);
  // These would ask the machine for its clock or for chance; a rendering is a function of its
  // context, on the journey's clock.
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

/** What is JSON already, so that `{{ x | json }}` is not encoded twice. */
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
 * One Liquid engine for each place that text ends up in. What a customer or an event supplies is
 * escaped for that place by default, so a name like `<script>` stays a name.
 */
export const liquidEngines = {
  html: createEngine('escape'),
  text: createEngine(undefined),
  /** Each `{{ output }}` becomes a JSON value: `{"order": {{ event.properties.order_id }}}`. */
  json: createEngine((value) => (value instanceof JsonText ? value.json : toJson(value))),
} as const;
