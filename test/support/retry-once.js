/**
 * A machine whose disk or cores are taken by other work can starve a test that is about time. Such a
 * test is run once more, and the first failure is printed, so that a flaky test does not hide.
 */
jest.retryTimes(1, { logErrorsBeforeRetry: true });
