import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, type Sample } from '../../bench/report/compare';
import { machineFacts } from '../../bench/report/machine';
import { median, percentile, slope } from '../../bench/report/statistics';
import { tableOf, verdictOf } from '../../bench/report/table';
import { atLeast, atMost, atMostTimes } from '../../bench/report/targets';
import { newestResults } from '../../bench/report/newest-results';
import { publish } from '../../bench/report/write-results';
import { flatnessOf } from '../../bench/soak/flatness';

const sample = (value: number): Sample => ({
  value,
  units: 10,
  cpu: { server: 10 * value, worker: 5 },
});

const row = compare({
  case: 'example',
  what: 'Examples',
  unit: 'examples/s',
  bare: [10, 20, 30].map(sample),
  ours: [9, 16, 15].map(sample),
  target: atLeast(0.75),
});

describe('the statistics of a bench', () => {
  it('interpolates percentiles between neighbours', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([1, 2, 3, 4])).toBe(2.5);
    expect(percentile([0, 100], 0.99)).toBe(99);
    expect(() => median([])).toThrow('at least one');
  });

  it('fits a line by least squares', () => {
    expect(
      slope([
        [0, 1],
        [1, 3],
        [2, 5],
      ]),
    ).toBe(2);
    expect(slope([[1, 1]])).toBe(0);
  });

  it('compares medians, and keeps the ratio of each pair', () => {
    expect(row).toMatchObject({ bare: 20, ours: 15, ratios: [0.9, 0.8, 0.5] });
    expect(row.cpu?.bare).toEqual({ server: 20, worker: 0.5 });
  });
});

describe('the targets of a bench', () => {
  it('are met at their edge and missed beyond it', () => {
    expect(atLeast(0.75)({ ours: 1, ratio: 0.75 }).met).toBe(true);
    expect(atLeast(0.75)({ ours: 1, ratio: 0.749 }).met).toBe(false);
    expect(atMostTimes(2)({ ours: 1, ratio: 2.01 }).met).toBe(false);
    expect(atMost(27)({ ours: 27, ratio: 1 }).met).toBe(true);
    // A side that was not measured has met nothing.
    expect(atLeast(0.75)({ ours: 1, ratio: Number.NaN }).met).toBe(false);
  });

  it('are counted in the last line, rows without a target aside', () => {
    const { target: _, ...untargeted } = row;
    const missed = { ...row, target: { text: 'at most 1', met: false } };
    expect(verdictOf([row, untargeted])).toEqual({ line: 'targets met: 1 of 1', allMet: true });
    expect(verdictOf([row, missed])).toEqual({ line: 'targets met: 1 of 2', allMet: false });
  });
});

describe('the table of a bench', () => {
  it('shows each figure beside its bare limit and its target', () => {
    const [, , line] = tableOf([row]).split('\n');
    expect(line).toContain('| 0.75x (0.50 to 0.90) |');
    expect(line).toContain('| 15.5 (server 15, worker 0.5) |');
    expect(line).toMatch(/at least 0.75x bare +\| yes/);
  });

  it('takes its place between the markers and leaves the rest of the page', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-test-'));
    const readme = join(folder, 'README.md');
    const [begin, end] = [
      '<!-- figures: written by npm run bench -->',
      '<!-- end of figures -->',
    ] as const;
    const results = {
      at: '2026-01-02T03:04:05Z',
      quick: false,
      server: 'a server',
      repeats: 3,
      stolen: 0.04,
      machine: machineFacts(),
      rows: [row],
    };
    await writeFile(readme, `before\n${begin}\nold\n${end}\nafter\n`);
    await writeFile(join(folder, '2026-01-02T03-04-05-full.json'), JSON.stringify(results));
    const older = {
      ...results,
      rows: [
        { ...row, case: 'other' },
        { ...row, what: 'Overtaken' },
      ],
    };
    await writeFile(join(folder, '2026-01-01T03-04-05-full.json'), JSON.stringify(older));
    await writeFile(join(folder, '2026-01-03T03-04-05-quick.json'), 'not looked at');
    const newest = newestResults(folder, ['example', 'other', 'never measured']);
    if (newest === undefined) throw new Error('Found no results.');
    publish(readme, newest);
    publish(readme, newest);
    const text = await readFile(readme, 'utf8');
    expect(text).toMatch(/^before\n[\s\S]*\nafter\n$/);
    expect(text).not.toContain('old');
    // The newest of each case: one of them from an older run.
    expect(text).not.toContain('Overtaken');
    expect(text.match(/targets met: 2 of 2/g)).toHaveLength(1);
    expect(text).toContain('other 2026-01-02, 3 runs of each side, 4 %');
    await writeFile(readme, 'no markers');
    expect(() => publish(readme, newest)).toThrow('Found no place for the table');
    await rm(folder, { recursive: true });
  });
});

describe('a soak', () => {
  const readings = (bytesAt: (at: number) => number) =>
    Array.from({ length: 30 }, (_, at) => ({ at, bytes: bytesAt(at) }));

  it('finds memory flat that rises while it warms up and then swings', () => {
    const { flat } = flatnessOf(readings((at) => (at < 10 ? at * 10 : 100 + (at % 3))));
    expect(flat).toBe(true);
  });

  it('finds a leak that is slow', () => {
    const { flat, risenBytes } = flatnessOf(readings((at) => 100 + at));
    expect(risenBytes).toBeCloseTo(19);
    expect(flat).toBe(false);
  });

  it('asks for more readings than two', () => {
    expect(() => flatnessOf([{ at: 0, bytes: 1 }])).toThrow('at least three');
  });
});
