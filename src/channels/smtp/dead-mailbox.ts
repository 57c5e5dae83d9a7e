/**
 * Whether a 5xx reply says that the mailbox is gone. A wrong yes costs a customer all mail for
 * good, so an enhanced status code (RFC 3463) decides where there is one, and words count only
 * without it. `5.1.2` (no such host) is left out: relays also give it when their DNS is broken.
 */
export function isDeadMailbox(code: number, reply: string): 'dead' | 'busy' | 'no' {
  const enhanced = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(reply)?.[0];
  if (enhanced !== undefined && !GENERIC.has(enhanced)) {
    if (!DEAD.has(enhanced)) return 'no';
    // Gmail says 550-5.2.1 both of a disabled account and of one that gets too much mail.
    return /\b(rate|too (quickly|many|much))\b/i.test(reply) ? 'busy' : 'dead';
  }
  if (![550, 551, 553, 554].includes(code)) return 'no';
  if (/\b(sender|relay\w*|spam|blocked|blacklist\w*|policy|spf|dkim|dmarc)\b/i.test(reply))
    return 'no';
  return DEAD_WORDS.some((words) => words.test(reply)) ? 'dead' : 'no';
}

/** No such mailbox, moved away, domain takes no mail (null MX), disabled. */
const DEAD = new Set(['5.1.1', '5.1.6', '5.1.10', '5.2.1']);

/** Codes that say no more than "5xx". */
const GENERIC = new Set(['5.0.0', '5.5.0']);

const DEAD_WORDS = [
  /\b(no such|unknown|invalid|nonexistent) (local )?(user|mailbox|recipient|address|account)\b/i,
  /\b(user|mailbox|recipient|address|account)\b.{0,60}\b(unknown|not found|invalid|disabled|inactive|suspended|deactivated|closed|not exist|no longer exists|nonexistent)\b/i,
  /\b(user|mailbox|recipient|address|account)\b.{0,60}\bdoes ?n[o']t exist\b/i,
];
