/** The stages of a session at which the server can fail. */
export type SmtpStage =
  | 'greeting'
  | 'auth'
  | 'mail'
  | 'rcpt'
  /** The complete mail was received. */
  | 'message';

/**
 * The action of the server at a stage. A mail that is dropped, stalled or answered late at `message`
 * was received, so it is in `mails`.
 */
export type SmtpAction =
  | 'accept'
  /** Closes the connection without a reply. */
  | 'drop'
  /** Sends no further reply. */
  | 'stall'
  /** Accepts after this promise resolves. */
  | { readonly after: Promise<unknown> }
  /** Refuses with this reply. */
  | { readonly code: number; readonly text: string };

export interface SmtpMoment {
  readonly stage: SmtpStage;
  /** Known since `rcpt`. */
  readonly recipient: string | undefined;
  /** Known at `message`. */
  readonly messageId: string | undefined;
}

export type SmtpBehaviour = (moment: SmtpMoment) => SmtpAction;

export const acceptAll: SmtpBehaviour = () => 'accept';

/** Takes an action at one stage, the first `times` times (default: always), and accepts otherwise. */
export function at(stage: SmtpStage, action: SmtpAction, times = Infinity): SmtpBehaviour {
  let left = times;
  return (moment) => {
    if (moment.stage !== stage || left <= 0) return 'accept';
    left -= 1;
    return action;
  };
}
