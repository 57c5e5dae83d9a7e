/** Prints a status line on standard error; standard output is for the results of a command. */
export function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
