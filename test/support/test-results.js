// The results of several Jest runs in one file of JSON lines, one a test file; a later run of a file
// replaces the earlier one. As a program:
//   node test/support/test-results.js FILE          prints the sum; fails where a test failed or was skipped
//   node test/support/test-results.js FILE failed   prints the paths of the files that failed
const { appendFileSync, readFileSync } = require('node:fs');

function readResults(path) {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  const byName = new Map(lines.map((line) => JSON.parse(line)).map((each) => [each.name, each]));
  return [...byName.values()];
}

function addResults(path, results) {
  appendFileSync(path, results.map((each) => `${JSON.stringify(each)}\n`).join(''));
  return readResults(path);
}

function summaryOf(results) {
  const sum = (key) => results.reduce((total, each) => total + each[key], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped}`;
}

module.exports = { addResults, summaryOf };

if (require.main === module) {
  const [path, only] = process.argv.slice(2);
  const results = readResults(path);
  const failed = results.filter((each) => each.failed > 0);
  if (only === 'failed') {
    console.log(failed.map(({ name }) => name.split(' ').at(-1)).join('\n'));
  } else {
    const skipped = results.filter((each) => each.skipped > 0);
    for (const { name } of failed) console.log(`Failed: ${name}`);
    for (const { name } of skipped) console.log(`Skipped, which is a failure here: ${name}`);
    console.log(`\n${summaryOf(results)}`);
    if (failed.length + skipped.length > 0) process.exitCode = 1;
  }
}
