export { bulkOperation } from './bulk-operation';
export { consentSweep } from './consent-sweep';
export { eraseCustomer } from './erase-customer';
export { keepRetention } from './keep-retention';
export { scheduleTrigger } from './schedule-trigger';
