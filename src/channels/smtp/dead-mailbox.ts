/**
 * Whether a 5xx reply means that the mailbox does not exist. A false positive suppresses the address
 * permanently, so an enhanced status code (RFC 3463) takes precedence, and the text is matched only
 * without one. `5.1.2` (no such host) is excluded: relays also send it when their DNS fails.
 */
export function isDeadMailbox(code: number, reply: string): 'dead' | 'busy' | 'no' {
  const enhanced = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(reply)?.[0];
  if (enhanced !== undefined && !GENERIC.has(enhanced)) {
    if (!DEAD.has(enhanced)) return 'no';
    // Gmail sends 550-5.2.1 both for a disabled account and for one that receives too much mail.
    return /\b(rate|too (quickly|many|much))\b/i.test(reply) ? 'busy' : 'dead';
  }
  if (![550, 551, 553, 554].includes(code)) return 'no';
  if (/\b(sender|relay\w*|spam|blocked|blacklist\w*|policy|spf|dkim|dmarc)\b/i.test(reply))
    return 'no';
  return DEAD_WORDS.some((words) => words.test(reply)) ? 'dead' : 'no';
}

/** No such mailbox, moved, domain accepts no mail (null MX), disabled. */
const DEAD = new Set(['5.1.1', '5.1.6', '5.1.10', '5.2.1']);

/** Codes as unspecific as "5xx". */
const GENERIC = new Set(['5.0.0', '5.5.0']);

const DEAD_WORDS = [
  /\b(no such|unknown|invalid|nonexistent) (local )?(user|mailbox|recipient|address|account)\b/i,
  /\b(user|mailbox|recipient|address|account)\b.{0,60}\b(unknown|not found|invalid|disabled|inactive|suspended|deactivated|closed|not exist|no longer exists|nonexistent)\b/i,
  /\b(user|mailbox|recipient|address|account)\b.{0,60}\bdoes ?n[o']t exist\b/i,
];
