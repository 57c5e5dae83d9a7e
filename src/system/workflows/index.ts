export { bulkOperation } from './bulk-operation';
export { enforceRetention } from './enforce-retention';
export { eraseCustomer } from './erase-customer';
export { expireConsents } from './expire-consents';
export { reconcileErasures } from './reconcile-erasures';
export { scheduleTrigger } from './schedule-trigger';
