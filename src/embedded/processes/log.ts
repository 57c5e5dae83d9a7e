/** Receives what the embedded stack does, one sentence a call. */
export type Log = (sentence: string) => void;
