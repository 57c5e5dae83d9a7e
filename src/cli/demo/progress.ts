import { Presets, SingleBar } from 'cli-progress';

/** A bar on a terminal; elsewhere a line for each tenth, so that a log shows that it goes on. */
export function showProgress(
  total: number,
  stream: NodeJS.WriteStream,
): { readonly update: (fed: number, day: number) => void; stop(): void } {
  if (!stream.isTTY) {
    let told = 0;
    return {
      update(fed, day) {
        const tenth = Math.floor((10 * fed) / total);
        if (tenth <= told) return;
        told = tenth;
        stream.write(`${fed} of ${total} events, day ${day}\n`);
      },
      stop: () => undefined,
    };
  }
  const bar = new SingleBar(
    { format: ' {bar} {percentage} % | {value} of {total} events | day {day}', stream },
    Presets.shades_classic,
  );
  bar.start(total, 0, { day: 0 });
  return { update: (fed, day) => bar.update(fed, { day }), stop: () => bar.stop() };
}
