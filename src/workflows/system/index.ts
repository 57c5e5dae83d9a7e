export { bulkOperation } from './bulk-operation';
export { eraseCustomer } from './erase-customer';
export { keepRetention } from './keep-retention';
export { scheduleTrigger } from './schedule-trigger';
