import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import type { CapRule } from './caps';
import type { QuietHours } from './quiet-hours';

/** The rules of an application that decisions follow, as they are stored: plain JSON. */
export interface DecisionPolicy {
  /** The version of this shape and of the gates that read it. */
  readonly v: 1;
  readonly caps: readonly CapRule[];
  readonly quietHours: readonly QuietHours[];
  readonly defaultZone: string;
}

/** The part of an application's policy that decisions depend on. */
export function decisionPolicy(
  policy: Pick<DecisionPolicy, 'caps' | 'quietHours' | 'defaultZone'>,
): DecisionPolicy {
  const { caps, quietHours, defaultZone } = policy;
  return { v: 1, caps, quietHours, defaultZone };
}

/** Identifies a policy by its content: the first 16 hexadecimal digits of its SHA-256. */
export function policyVersion(policy: DecisionPolicy): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(policy)))).slice(0, 16);
}
