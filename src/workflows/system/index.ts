export { bulkOperation } from './bulk-operation';
export { scheduleTrigger } from './schedule-trigger';
