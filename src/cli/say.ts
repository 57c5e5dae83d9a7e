/** Tells a person what happens, on standard error: standard output is for what a command prints. */
export function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
