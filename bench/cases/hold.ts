/** Keeps processes from running while the work is done, so that nothing else is measured with it. */
export async function whileHeld<T>(
  processes: readonly { readonly pid: number }[],
  work: () => Promise<T>,
): Promise<T> {
  const tell = (signal: NodeJS.Signals) => {
    for (const { pid } of processes) process.kill(pid, signal);
  };
  tell('SIGSTOP');
  try {
    return await work();
  } finally {
    tell('SIGCONT');
  }
}
