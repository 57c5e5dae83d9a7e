/**
 * Runs the sides of a case in turn (bare, ours, bare, ours ...), so that what else the machine does
 * falls on all of them.
 */
export async function inTurn<Side extends string, T>(
  { repeats, say }: { readonly repeats: number; readonly say: (what: string) => void },
  sides: Readonly<Record<Side, () => Promise<T>>>,
): Promise<Readonly<Record<Side, readonly T[]>>> {
  const names = Object.keys(sides) as Side[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Side, T[]>;
  for (let turn = 1; turn <= repeats; turn++) {
    for (const name of names) {
      say(`${name}, ${turn} of ${repeats}`);
      taken[name].push(await sides[name]());
    }
  }
  return taken;
}
