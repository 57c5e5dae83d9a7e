import { StartPace } from '../../src/outbox/relay/start-pace';

const EASY = { tasks: 0, ageMs: 0 };

it('widens the window while workers keep up, up to a maximum', () => {
  const pace = new StartPace();
  const before = pace.window;
  expect(pace.room(EASY)).toBe(before + 4);
  for (let round = 0; round < 1_000; round++) pace.room(EASY);
  expect(pace.window).toBe(200);
});

it('halves the window when tasks wait for workers, down to a minimum', () => {
  const pace = new StartPace();
  for (let round = 0; round < 30; round++) pace.room(EASY);
  const wide = pace.window;
  pace.room({ tasks: 10, ageMs: 400 });
  expect(pace.window).toBe(Math.floor(wide / 2));
  for (let round = 0; round < 30; round++) pace.room({ tasks: 100, ageMs: 5_000 });
  expect(pace.window).toBe(2);
  expect(pace.room({ tasks: 0, ageMs: 300 })).toBe(2);
  expect(pace.room(EASY)).toBe(6);
});

it('subtracts the backlog from the window', () => {
  const pace = new StartPace();
  expect(pace.room({ tasks: 15, ageMs: 100 })).toBe(1);
  expect(pace.room({ tasks: 16, ageMs: 100 })).toBe(0);
  expect(pace.room({ tasks: 60, ageMs: 100 })).toBe(0);
});
