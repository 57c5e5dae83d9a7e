/** Prints the message of an error and of its causes, without stack traces. */
export function reportFailure(error: unknown): void {
  const lines: string[] = [];
  for (let each = error; each !== undefined && each !== null; each = (each as Error).cause) {
    const message = each instanceof Error ? each.message : JSON.stringify(each);
    if (each !== error && message.includes('Require stack')) continue; // repeats the previous message
    if (message !== '' && !lines.some((line) => line.includes(message))) lines.push(message);
    if (lines.length >= 4) break;
  }
  process.stderr.write(`${lines.join('\n  because: ')}\n`);
}
