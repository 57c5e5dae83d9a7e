// Generous, because a machine that is busy with other work can be ten times slower.
jest.setTimeout(180_000);

// A machine whose disk or cores are busy can starve a test that depends on time. A failed test runs
// once more, and its first failure is printed, so that a flaky test stays visible.
jest.retryTimes(1, { logErrorsBeforeRetry: true });
