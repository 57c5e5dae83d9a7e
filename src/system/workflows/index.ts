export { bulkOperation } from './bulk-operation';
export { consentExpiry } from './consent-expiry';
export { eraseCustomer } from './erase-customer';
export { keepRetention } from './keep-retention';
export { scheduleTrigger } from './schedule-trigger';
