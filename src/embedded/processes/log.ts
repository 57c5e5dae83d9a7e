/** Where the embedded stack tells what it does: one sentence a call. */
export type Log = (sentence: string) => void;
