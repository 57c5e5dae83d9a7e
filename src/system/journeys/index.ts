export { doubleOptIn } from './double-opt-in';
export { preferenceLink } from './preference-link';
