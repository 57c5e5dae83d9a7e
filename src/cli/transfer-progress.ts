import { Presets, SingleBar } from 'cli-progress';

export interface TransferProgress {
  /** @param note further information, such as the number of rejected rows */
  update(done: number, note: string): void;
  stop(): void;
}

const LOG_INTERVAL_MS = 5_000;

/**
 * Shows a progress bar on a terminal; elsewhere writes a line every few seconds.
 *
 * @param total undefined if it is unknown
 */
export function showTransfer(
  what: string,
  total: number | undefined,
  from: number,
  stream: NodeJS.WriteStream,
): TransferProgress {
  const startedAt = performance.now();
  const rate = (done: number) =>
    Math.round(
      (done - from) / Math.max(0.001, (performance.now() - startedAt) / 1000),
    ).toLocaleString('en');
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
  let loggedAt = startedAt;
  return {
    update(done, note) {
      const now = performance.now();
      if (now - loggedAt < LOG_INTERVAL_MS) return;
      loggedAt = now;
      const of = total === undefined ? '' : ` of ${total.toLocaleString('en')}`;
      stream.write(
        `${done.toLocaleString('en')}${of} ${what}, ${rate(done)}/s${note === '' ? '' : `, ${note}`}\n`,
      );
    },
    stop: () => undefined,
  };
}
