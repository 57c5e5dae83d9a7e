import { makeLoad } from '../../faults/load';
import type { TakenMail } from '../../faults/mail-server';
import { expectedOf } from '../../faults/model';
import { isProven, type Figures } from '../../faults/proof/figures';
import { prove } from '../../faults/proof/prove';
import type { Stored } from '../../faults/proof/stored';

const customers = makeLoad(11, 40);
const accepted = new Map(customers.map((each) => [each.userId, [each.identify, ...each.events]]));
const enrollments = customers.flatMap((each) =>
  expectedOf(each).map((expected, at) => ({
    ...expected,
    userId: each.userId,
    id: `${each.userId}-e${at}`,
  })),
);

interface Record {
  stored: { -readonly [K in keyof Stored]: Stored[K] };
  taken: TakenMail[];
  refused: Set<string>;
}

/** What a system leaves behind that kept every promise. */
function perfect(): Record {
  const closed = enrollments
    .filter(({ seen }) => seen !== undefined)
    .map(({ userId, key, seen }) => ({
      messageId: `closed ${key}`,
      userId,
      seq: 1_000,
      name: 'Diary Closed',
      properties: { diary_id: key, seen },
    }));
  const mails = enrollments.flatMap(({ mails: all, ...enrollment }) =>
    all.map((mail) => ({ ...mail, userId: enrollment.userId, id: `m-${mail.subject}` })),
  );
  return {
    stored: {
      events: [
        ...[...accepted.values()].flatMap((events) =>
          events.map((event, at) => ({ ...event, seq: at + 1 })),
        ),
        ...closed,
      ],
      enrollments: enrollments.map(({ end, ...each }) => ({
        ...each,
        status: end.slice(0, end.indexOf(':')),
        reason: end.slice(end.indexOf(':') + 2),
      })),
      messages: mails.map(({ id, userId, subject, purpose }) => ({
        ...{ id, userId, subject, purpose, status: 'sent', error: null },
        ...{ repeated: false, unknown: 0 },
      })),
      workflows: new Map(enrollments.map(({ journey, id }) => [`${journey}/${id}`, 'COMPLETED'])),
      outbox: 0,
    },
    taken: mails.map(({ id, subject, userId }) => {
      return { messageId: `<${id}@x>`, recipient: userId, subject, marked: false };
    }),
    refused: new Set(),
  };
}

function figuresOf({ stored, taken, refused }: Record): Figures {
  return prove(customers, accepted, { taken: () => taken, refused }, stored).figures;
}

/** A record with one thing changed. */
function damaged(change: (record: Record) => void): Figures {
  const record = perfect();
  change(record);
  return figuresOf(record);
}

const subjectOf = (purpose: string) =>
  enrollments.flatMap(({ mails }) => mails).find((mail) => mail.certain && mail.purpose === purpose)
    ?.subject ?? '';

/** Lets the mail server take the first mail of a purpose once more. */
function again(record: Record, purpose: string, change: Partial<TakenMail>, unknown: number) {
  const subject = subjectOf(purpose);
  const mail = record.taken.find((each) => each.subject === subject) as TakenMail;
  record.taken.push({ ...mail, ...change });
  record.stored.messages = record.stored.messages.map((each) =>
    each.subject === subject ? { ...each, repeated: true, unknown } : each,
  );
}

it('finds nothing where every promise was kept', () => {
  const figures = figuresOf(perfect());
  expect(isProven(figures)).toBe(true);
  expect(figures).toMatchObject({ accepted: [...accepted.values()].flat().length, repeated: 0 });
});

it('allows a transactional repeat of unknown outcome that says so', () => {
  const figures = damaged((record) => again(record, 'transactional', { marked: true }, 1));
  expect(figures.repeated).toBe(1);
  expect(isProven(figures)).toBe(true);
});

it('allows a mail to be missing that was refused for good', () => {
  const figures = damaged((record) => {
    const subject = subjectOf('transactional');
    record.taken = record.taken.filter((each) => each.subject !== subject);
    record.refused.add(`m-${subject}`);
    record.stored.messages = record.stored.messages.map((each) =>
      each.subject === subject ? { ...each, status: 'failed' } : each,
    );
  });
  expect(isProven(figures)).toBe(true);
});

const firstDiary = enrollments.find(({ journey }) => journey === 'diary')?.key ?? '';

/** Changes what the first diary saw. */
function diarySaw(record: Record, change: (seen: string) => string) {
  record.stored.events = record.stored.events.map((event) =>
    event.messageId === `closed ${firstDiary}`
      ? {
          ...event,
          properties: { ...event.properties, seen: change(String(event.properties['seen'])) },
        }
      : event,
  );
}

it.each<[figure: keyof Figures, what: string, change: (record: Record) => void]>([
  ['lost', 'an event that is not stored', ({ stored }) => (stored.events = stored.events.slice(1))],
  [
    'storedTwice',
    'an event that is stored twice',
    ({ stored }) => (stored.events = [...stored.events, ...stored.events.slice(0, 1)]),
  ],
  [
    'outOfOrder',
    'two events that changed places',
    ({ stored }) => {
      const [first, second, ...rest] = stored.events;
      if (first === undefined || second === undefined) return;
      stored.events = [{ ...first, seq: second.seq }, { ...second, seq: first.seq }, ...rest];
    },
  ],
  [
    'outOfOrder',
    'a diary that saw an entry again',
    (record) => diarySaw(record, (seen) => `1 ${seen}`),
  ],
  ['lost', 'a diary that missed an entry', (record) => diarySaw(record, (seen) => seen.slice(2))],
  [
    'lost',
    'an enrollment that Temporal never got',
    ({ stored }) => (stored.workflows = new Map([...stored.workflows].slice(1))),
  ],
  [
    'mismatched',
    'an enrollment that has not ended',
    ({ stored }) => {
      const [first, ...rest] = stored.enrollments;
      if (first !== undefined) stored.enrollments = [{ ...first, status: 'active' }, ...rest];
    },
  ],
  [
    'mismatched',
    'an enrollment too many',
    ({ stored }) => (stored.enrollments = [...stored.enrollments, ...stored.enrollments.slice(-1)]),
  ],
  ['lost', 'a mail that never came', (record) => (record.taken = record.taken.slice(1))],
  ['lost', 'an outbox that is not empty', ({ stored }) => (stored.outbox = 1)],
  ['marketingTwice', 'marketing again', (record) => again(record, 'marketing', {}, 1)],
  ['unmarked', 'an unmarked repeat', (record) => again(record, 'transactional', {}, 1)],
  [
    'unmarked',
    'a repeat under another Message-ID',
    (record) => again(record, 'transactional', { marked: true, messageId: '<other@x>' }, 1),
  ],
  [
    'uncaused',
    'a repeat of known outcome',
    (record) => again(record, 'transactional', { marked: true }, 0),
  ],
])('counts as %s %s', (figure, _what, change) => {
  const figures = damaged(change);
  expect(figures[figure]).toBe(1);
  expect(isProven(figures)).toBe(false);
});
