import { answerOf } from '../../src/api/http/answer-error';

it.each([
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
])("asks to send again after the pool's '%s'", (message) => {
  expect(answerOf(new Error(message))).toMatchObject({
    status: 503,
    code: 'unavailable',
    headers: { 'Retry-After': '5' },
  });
});

it('reveals nothing about an unexpected error', () => {
  expect(answerOf(new Error('a secret'))).toMatchObject({ status: 500, code: 'internal' });
});
