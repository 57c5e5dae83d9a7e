export { createSystemActivities } from './create-system-activities';
export { ensureConsentSweep } from './ensure-consent-sweep';
export { ensureSchedules } from './ensure-schedules';
export { systemQueue } from './messages';
