export { createSystemActivities } from './create-system-activities';
export { systemQueue } from './protocol';
export { startErasure } from './reconcile-erasures';
