/** The public entry `throughline/testing`: the test kit for the authors of journeys. */
export { startTestSystem } from './test-system';
export type { TestMail, TestMessage, TestSystem, TestSystemOptions } from './test-system';
