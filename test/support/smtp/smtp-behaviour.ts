/** Where in a conversation the server can misbehave. */
export type SmtpStage =
  | 'greeting'
  | 'auth'
  | 'mail'
  | 'rcpt'
  /** The whole mail is there, the answer is due. */
  | 'message';

/**
 * What the server does at a stage. A mail that the server dropped, stalled or answered late at
 * `message` it has taken all the same: it stands among `mails`.
 */
export type SmtpAction =
  | 'accept'
  /** Closes the connection without a word. */
  | 'drop'
  /** Says nothing more. */
  | 'stall'
  /** Answers as it should, once this promise is kept. */
  | { readonly after: Promise<unknown> }
  /** Refuses with this reply. */
  | { readonly code: number; readonly text: string };

export interface SmtpMoment {
  readonly stage: SmtpStage;
  /** Known from `rcpt` on. */
  readonly recipient: string | undefined;
  /** Known at `message`. */
  readonly messageId: string | undefined;
}

export type SmtpBehaviour = (moment: SmtpMoment) => SmtpAction;

export const acceptAll: SmtpBehaviour = () => 'accept';

/** Acts so at one stage, the first `times` times (always, where absent), and accepts otherwise. */
export function at(stage: SmtpStage, action: SmtpAction, times = Infinity): SmtpBehaviour {
  let left = times;
  return (moment) => {
    if (moment.stage !== stage || left <= 0) return 'accept';
    left -= 1;
    return action;
  };
}
