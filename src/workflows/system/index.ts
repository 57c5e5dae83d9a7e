export { bulkOperation } from './bulk-operation';
export { consentSweep } from './consent-sweep';
export { scheduleTrigger } from './schedule-trigger';
