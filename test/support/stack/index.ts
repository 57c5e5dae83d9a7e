export { temporalCliBinary, testCacheDir, testServerBinary } from './test-binaries';
export { cloneDatabase, createTemplateDatabase } from './template-database';
export { startTestPostgres } from './test-postgres';
