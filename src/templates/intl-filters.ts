import type { FilterImplOptions } from 'liquidjs';

/** The `this` of a Liquid filter. */
interface FilterThis {
  readonly context: { getSync(path: string[]): unknown };
}

/**
 * `{{ 12.5 | money: 'EUR' }}` -> `€12.50` in the customer's locale. Without a currency only the
 * amount is shown, because a guess could be wrong.
 */
export const money: FilterImplOptions = function money(
  this: FilterThis,
  amount: unknown,
  currency?: unknown,
): string {
  const value = typeof amount === 'string' && amount.trim() !== '' ? Number(amount) : amount;
  // A price that is text with a currency is shown unchanged, so that the message can be sent.
  if (typeof amount === 'string' && Number.isNaN(value)) return amount;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new Error(
      `Found ${JSON.stringify(amount)} before the filter money; expected a number. Check the property's name and value.`,
    );
  }
  const code = typeof currency === 'string' ? currency.trim().toUpperCase() : '';
  const locale = localeOf(this);
  return /^[A-Z]{3}$/.test(code)
    ? numberFormat(locale, { style: 'currency', currency: code }).format(value)
    : numberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
};

/** `{{ props.starts_at | local_date }}` -> `Tuesday 4 March 2025`, in the customer's zone. */
export const localDate: FilterImplOptions = function localDate(
  this: FilterThis,
  instant: unknown,
  style?: unknown,
): string {
  return formatInstant(this, 'local_date', instant, { dateStyle: styleOf(style, 'full') });
};

/** `{{ props.starts_at | local_time }}` -> `14:30`, in the customer's zone. */
export const localTime: FilterImplOptions = function localTime(
  this: FilterThis,
  instant: unknown,
): string {
  return formatInstant(this, 'local_time', instant, { timeStyle: 'short' });
};

/** `{{ props.starts_at | local_datetime }}` -> date and time, in the customer's zone. */
export const localDatetime: FilterImplOptions = function localDatetime(
  this: FilterThis,
  instant: unknown,
  style?: unknown,
): string {
  const dateStyle = styleOf(style, 'full');
  return formatInstant(this, 'local_datetime', instant, { dateStyle, timeStyle: 'short' });
};

type DateStyle = 'full' | 'long' | 'medium' | 'short';

function styleOf(style: unknown, otherwise: DateStyle): DateStyle {
  if (style === undefined) return otherwise;
  if (style === 'full' || style === 'long' || style === 'medium' || style === 'short') return style;
  throw new Error(
    `Found the date style ${JSON.stringify(style)}; expected 'full', 'long', 'medium' or 'short'.`,
  );
}

function formatInstant(
  self: FilterThis,
  filter: string,
  instant: unknown,
  options: Intl.DateTimeFormatOptions,
): string {
  const date = instant instanceof Date ? instant : new Date(String(instant));
  if (Number.isNaN(date.getTime())) {
    throw new Error(
      `Found ${JSON.stringify(instant)} before the filter ${filter}; expected an ISO 8601 time. Check the property's name and value.`,
    );
  }
  return dateFormat(localeOf(self), { ...options, timeZone: zoneOf(self) }).format(date);
}

function localeOf({ context }: FilterThis): string {
  const locale = String(context.getSync(['locale'])).replaceAll('_', '-');
  return known(`locale ${locale}`, () => Intl.getCanonicalLocales(locale)) ? locale : 'en';
}

function zoneOf({ context }: FilterThis): string {
  const zone = String(context.getSync(['zone']));
  return known(`zone ${zone}`, () => new Intl.DateTimeFormat('en', { timeZone: zone }))
    ? zone
    : 'UTC';
}

function known(key: string, attempt: () => unknown): boolean {
  return remember(key, () => {
    try {
      attempt();
      return true;
    } catch {
      return false;
    }
  });
}

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return remember(
    `number ${locale} ${JSON.stringify(options)}`,
    () => new Intl.NumberFormat(locale, options),
  );
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return remember(
    `date ${locale} ${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(locale, options),
  );
}

// Creating an Intl object takes about 50 microseconds, so they are cached by key. Locales and zones come
// from customers, so the cache is bounded.
const MAX_REMEMBERED = 1000;
const remembered = new Map<string, unknown>();

function remember<T>(key: string, make: () => T): T {
  if (!remembered.has(key)) {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, make());
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each key belongs to one factory
  return remembered.get(key) as T;
}
