/** Runs `work` for each item with limited concurrency; throws the first failure. */
export async function inLanes<T>(
  lanes: number,
  list: readonly T[],
  work: (each: T) => Promise<void>,
): Promise<void> {
  const waiting = list.values();
  const lane = async () => {
    for (const each of waiting) await work(each);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, list.length) }, lane));
}
