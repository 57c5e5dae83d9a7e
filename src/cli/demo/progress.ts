import { Presets, SingleBar } from 'cli-progress';

/** Shows a progress bar on a terminal; elsewhere writes a line for every ten percent. */
export function showProgress(
  total: number,
  stream: NodeJS.WriteStream,
): { readonly update: (sent: number, day: number) => void; stop(): void } {
  if (!stream.isTTY) {
    let reported = 0;
    return {
      update(sent, day) {
        const tenth = Math.floor((10 * sent) / total);
        if (tenth <= reported) return;
        reported = tenth;
        stream.write(`${sent} of ${total} events, day ${day}\n`);
      },
      stop: () => undefined,
    };
  }
  const bar = new SingleBar(
    { format: ' {bar} {percentage} % | {value} of {total} events | day {day}', stream },
    Presets.shades_classic,
  );
  bar.start(total, 0, { day: 0 });
  return { update: (sent, day) => bar.update(sent, { day }), stop: () => bar.stop() };
}
