/**
 * Waits for SIGINT, SIGTERM or a fatal failure, and then runs the stop functions in order, even if
 * one of them fails. A second signal exits the process immediately.
 */
export async function untilSignal(
  failed: readonly Promise<never>[],
  stops: readonly (() => Promise<void>)[],
  say: (sentence: string) => void,
): Promise<void> {
  let failure: unknown;
  let stopping = false;
  await new Promise<void>((resolve) => {
    const stop = () => {
      if (stopping) process.exit(130);
      stopping = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    for (const each of failed) {
      each.catch((error: unknown) => {
        failure ??= error;
        stopping = true;
        resolve();
      });
    }
  });
  say('Stopping …');
  for (const stop of stops) {
    try {
      await stop();
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}
