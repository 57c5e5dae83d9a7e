import type { PayloadCodec } from '@temporalio/common';
import type { Db } from '../db/transaction';
import { createDataKeys } from './data-keys';
import { createPayloadCodec } from './payload-codec';
import { parseKeyring } from './payload-keys';

/** The codec of a process; undefined where no keys are set, and payloads are plain. */
export function codecFromKeys(keys: string | undefined, db: Db): PayloadCodec | undefined {
  if (keys === undefined) return undefined;
  const keyring = parseKeyring(keys);
  return createPayloadCodec(keyring, createDataKeys(db, keyring));
}
