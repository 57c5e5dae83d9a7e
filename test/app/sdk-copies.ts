/** The copies of the SDK among the modules of a bundle, by their path from the repository's root. */
export function sdkCopiesIn(bundle: string): readonly string[] {
  const found = [...bundle.matchAll(/"\.\/([^"\n]*\/)?journey\/define-journey\.(ts|js)":?/g)];
  return [...new Set(found.map(([name]) => name))];
}
