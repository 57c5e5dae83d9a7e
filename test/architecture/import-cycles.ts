import type { SourceFile } from './source-file';

/** For each module or file the ones that it imports. */
type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Cycles of files, type imports included, each as one line that names the files on it. */
export function fileCycles(files: readonly SourceFile[]): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const graph = new Map(
    files.map(({ path, imports }) => {
      const targets = imports.map(({ target }) =>
        [`${target}.ts`, `${target}/index.ts`].find((each) => paths.has(each)),
      );
      return [path, new Set(targets.filter((each) => each !== undefined))] as const;
    }),
  );
  return cyclesIn(graph);
}

/** Cycles in a graph: for each node the shortest way back to it, each cycle once. */
export function cyclesIn(graph: Graph): readonly string[] {
  const found = new Map<string, string>();
  for (const start of graph.keys()) {
    const way = wayBack(graph, start);
    if (way === undefined) continue;
    const key = way.toSorted().join(' ');
    if (!found.has(key)) found.set(key, [...way, start].join(' -> '));
  }
  return [...found.values()];
}

function wayBack(graph: Graph, start: string): readonly string[] | undefined {
  const queue: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (const way of queue) {
    for (const next of graph.get(way.at(-1) ?? start) ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...way, next]);
    }
  }
  return undefined;
}
