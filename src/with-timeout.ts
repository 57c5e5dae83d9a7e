/**
 * What a promise settles to, or `onTimeout()` where it takes longer. The promise itself continues;
 * what it comes to later, a rejection included, is dropped.
 *
 * @param onTimeout may throw, and then the returned promise rejects with it
 *
 * @example
 * const count = await withTimeout(countPollers(), 3_000, () => null);
 */
export async function withTimeout<T, L>(
  promise: Promise<T>,
  milliseconds: number,
  onTimeout: () => L,
): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<L>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        resolve(onTimeout());
      } catch (error) {
        reject(error);
      }
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
