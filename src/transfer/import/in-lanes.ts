/** Does some work for each of a list, so many at a time; the first failure is thrown. */
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
