import { Presets, SingleBar } from 'cli-progress';

export interface TransferProgress {
  /** @param note what else is to be told, such as how many were rejected */
  update(done: number, note: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;

/**
 * A bar on a terminal; elsewhere a line every few seconds, so that a log shows that it goes on.
 *
 * @param total undefined where it is not known beforehand
 */
export function showTransfer(
  what: string,
  total: number | undefined,
  from: number,
  stream: NodeJS.WriteStream,
): TransferProgress {
  const began = performance.now();
  const rate = (done: number) =>
    Math.round((done - from) / Math.max(0.001, (performance.now() - began) / 1000)).toLocaleString(
      'en',
    );
  if (stream.isTTY && total !== undefined) {
    const bar = new SingleBar(
      {
        format: ` {bar} {percentage} % | {value} of {total} ${what} | {rate}/s | {eta_formatted} left {note}`,
        stream,
        hideCursor: true,
        etaBuffer: 50,
      },
      Presets.shades_classic,
    );
    bar.start(total, from, { rate: '0', note: '' });
    return {
      update: (done, note) =>
        bar.update(done, { rate: rate(done), note: note === '' ? '' : `| ${note}` }),
      stop: () => bar.stop(),
    };
  }
  let told = began;
  return {
    update(done, note) {
      const now = performance.now();
      if (now - told < LINE_EVERY_MS) return;
      told = now;
      const of = total === undefined ? '' : ` of ${total.toLocaleString('en')}`;
      stream.write(
        `${done.toLocaleString('en')}${of} ${what}, ${rate(done)}/s${note === '' ? '' : `, ${note}`}\n`,
      );
    },
    stop: () => undefined,
  };
}
