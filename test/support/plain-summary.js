const { addResults, summaryOf } = require('./test-results');

/**
 * A Jest reporter that prints the line which continuous integration reads: `N passed, N failed`.
 * Where TEST_RESULTS names a file, the line covers all runs that share the file.
 */
module.exports = class PlainSummary {
  onRunComplete(_contexts, { testResults }) {
    const run = testResults.map((file) => ({
      name: `node ${process.versions.node.split('.')[0]} ${file.testFilePath.replace(`${process.cwd()}/`, '')}`,
      passed: file.numPassingTests,
      failed: file.numFailingTests + (file.testExecError === undefined ? 0 : 1),
      skipped: file.numPendingTests,
    }));
    const path = process.env.TEST_RESULTS;
    const all = path === undefined ? run : addResults(path, run);
    process.stdout.write(`\n${summaryOf(all)}\n`);
  }
};
