import type { Route } from './route';

/** Who may call a route, in words. */
export function rolesInWords(roles: Route['roles']): string {
  return roles === 'everybody' ? 'no key' : roles.join(' or ');
}
