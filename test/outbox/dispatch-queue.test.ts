import { setImmediate as soon } from 'node:timers/promises';
import type { RelayOutcome } from '../../src/outbox/relay/relay-carrier';
import { DispatchQueue, type DispatchRow, type Group } from '../../src/outbox/relay/dispatch-queue';

interface Call {
  readonly enrollment: string;
  readonly end: (carried: RelayOutcome) => void;
}

/** A flow whose calls to Temporal and to the outbox end when the test says so. */
function flowOf(width: number) {
  const calls: Call[] = [];
  const removals: { readonly ids: readonly number[]; readonly end: (error?: Error) => void }[] = [];
  const requeue: string[] = [];
  const left: string[] = [];
  const flow = new DispatchQueue<DispatchRow>({
    width,
    carry: ([{ enrollmentId }]) =>
      new Promise((resolve) => void calls.push({ enrollment: enrollmentId, end: resolve })),
    remove: (ids) =>
      new Promise((resolve, reject) => {
        removals.push({ ids, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
    requeue: ([{ enrollmentId }], error) => {
      requeue.push(`${enrollmentId}: ${error}`);
      return Promise.resolve();
    },
    onDrained: (groups) => left.push(...groups.map(([{ enrollmentId }]) => enrollmentId)),
  });
  return { flow, calls, removals, requeue, left };
}

let ids = 0;
const groupOf = (enrollmentId: string): Group<DispatchRow> => [
  { id: ++ids, enrollmentId, attempts: 0 },
];
const end = async (calls: readonly Call[], at: number, carried: RelayOutcome) => {
  calls[at]?.end(carried);
  await soon();
};

it('limits the calls in flight, and starts further ones while one of them is slow', async () => {
  const { flow, calls, removals } = flowOf(2);
  flow.add(['slow', 'a', 'b'].map(groupOf));
  expect(calls.map(({ enrollment }) => enrollment)).toEqual(['slow', 'a']);
  await end(calls, 1, 'done');
  flow.add([groupOf('c')]);
  await end(calls, 2, 'done');
  expect(calls.map(({ enrollment }) => enrollment)).toEqual(['slow', 'a', 'b', 'c']);
  expect(removals).toHaveLength(1);
});

it('keeps an enrollment until its rows are deleted from the outbox, and batches deletions', async () => {
  const { flow, calls, removals, left } = flowOf(8);
  flow.add(['a', 'b', 'c'].map(groupOf));
  for (const at of [0, 1, 2]) await end(calls, at, 'done');
  expect(flow.enrollments).toEqual(['a', 'b', 'c']);
  removals[0]?.end();
  await soon();
  expect(left).toEqual(['a']);
  // Rows sent during the first deletion are deleted by the second.
  expect(removals.map((each) => each.ids.length)).toEqual([1, 2]);
  removals[1]?.end();
  await flow.settled();
  expect(flow.enrollments).toEqual([]);
});

it('leaves unsent groups in the outbox while Temporal is unavailable, and reports it once', async () => {
  const { flow, calls, removals, left } = flowOf(1);
  flow.add(['a', 'b', 'c'].map(groupOf));
  await end(calls, 0, 'away');
  expect(left).toEqual(['a', 'b', 'c']);
  flow.add([groupOf('d')]);
  expect(flow.enrollments).toEqual([]);
  expect([flow.isAway(), flow.isAway()]).toEqual([true, false]);
  flow.add([groupOf('d')]);
  await end(calls, 1, 'done');
  removals[0]?.end();
  await flow.settled();
  expect(calls.map(({ enrollment }) => enrollment)).toEqual(['a', 'd']);
});

it('reports an unavailable outbox and releases the rows, which are sent again', async () => {
  const { flow, calls, removals } = flowOf(1);
  flow.add([groupOf('a')]);
  await end(calls, 0, 'done');
  removals[0]?.end(new Error('the database is away'));
  await flow.settled();
  expect(() => flow.isAway()).toThrow('the database is away');
  expect(flow.enrollments).toEqual([]);
  expect(flow.isAway()).toBe(false);
});

it('requeues what Temporal rejects, and continues with the others', async () => {
  const { flow, calls, requeue, left } = flowOf(1);
  flow.add(['bad', 'good'].map(groupOf));
  await end(calls, 0, { refused: 'too long' });
  expect(requeue).toEqual(['bad: too long']);
  expect(left).toEqual(['bad']);
  expect(calls.map(({ enrollment }) => enrollment)).toEqual(['bad', 'good']);
});
