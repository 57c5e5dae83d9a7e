import { isJsonObject } from './json';

/**
 * The country in an address or a location, as ISO 3166-1 alpha-2; null if it is not such a code.
 * Names of countries are not recognised: they come in every language.
 *
 * @example
 * countryIn({ city: 'Wien', country: 'at' }); // 'AT'
 */
export function countryIn(place: unknown): string | null {
  if (!isJsonObject(place)) return null;
  const { country } = place;
  const code = typeof country === 'string' ? country.trim().toUpperCase() : '';
  return /^[A-Z]{2}$/.test(code) ? code : null;
}
