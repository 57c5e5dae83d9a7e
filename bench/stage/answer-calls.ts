/** What a child process can be asked to do, by name; each takes and gives plain JSON. */
export type CallTable = Readonly<Record<string, (input: never) => Promise<unknown>>>;

export interface CallMessage {
  readonly id: number;
  readonly call: string;
  readonly input: unknown;
}

export type AnswerMessage =
  | { readonly ready: true; readonly facts: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/**
 * Answers the calls of the process that forked this one, and ends with it. `facts` tells the parent
 * once what it needs to know, such as a port.
 */
export function answerCalls(table: CallTable, facts: object = {}): void {
  const tell = (message: AnswerMessage) => void process.send?.(message);
  process.on('message', ({ id, call, input }: CallMessage) => {
    const answer = table[call];
    if (answer === undefined) return tell({ id, error: `There is no call named ${call}.` });
    void answer(input as never).then(
      (result) => tell({ id, result }),
      (error: unknown) =>
        tell({
          id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  // The parent decides when to stop; Ctrl-C reaches the whole process group at once.
  process.on('SIGINT', () => undefined);
  tell({ ready: true, facts });
}
