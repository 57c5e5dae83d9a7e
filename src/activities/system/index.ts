export { createSystemActivities } from './create-system-activities';
export { ensureSchedules } from './ensure-schedules';
export { systemQueue } from './messages';
