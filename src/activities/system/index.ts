export { createSystemActivities, type SystemActivityDeps } from './create-system-activities';
export { ensureSchedules } from './ensure-schedules';
export { systemQueue, type SystemActivities } from './messages';
