export { createSystemActivities } from './create-system-activities';
export { ensureConsentExpiry } from './ensure-consent-expiry';
export { ensureRetention } from './ensure-retention';
export { ensureSchedules } from './ensure-schedules';
export { systemQueue } from './protocol';
export { startErasure, reconcileErasures } from './reconcile-erasures';
