export { createSystemActivities } from './create-system-activities';
export { ensureConsentSweep } from './ensure-consent-sweep';
export { ensureRetention } from './ensure-retention';
export { ensureSchedules } from './ensure-schedules';
export { systemQueue } from './messages';
export { startErasure, workOffErasures } from './work-off-erasures';
