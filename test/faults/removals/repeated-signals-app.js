/** The application of a run with faults, in whose journeys an inbox takes every item for new. */
const { defineApp } = require('../../../dist/src/app');
const { app } = require('../../../faults/app/app');

module.exports.app = defineApp({
  ...app,
  workflowsPath: require.resolve('./repeated-signals-journeys'),
});
