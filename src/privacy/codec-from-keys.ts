import type { DataConverter, PayloadCodec } from '@temporalio/common';
import type { Db } from '../db/transaction';
import { createDataKeys } from './data-keys';
import { createPayloadCodec } from './payload-codec';
import { parseKeyring } from './payload-keys';

/** The module that converts failures where payloads are encrypted. */
export const ENCODED_FAILURES = require.resolve('./encoded-failures');

/** The codec of a process; undefined where no keys are set and payloads are not encrypted. */
export function codecFromKeys(keys: string | undefined, db: Db): PayloadCodec | undefined {
  if (keys === undefined) return undefined;
  const keyring = parseKeyring(keys);
  return createPayloadCodec(keyring, createDataKeys(db, keyring));
}

/** How clients and workers convert payloads, with or without a codec. */
export function dataConverterOf(codec: PayloadCodec | undefined): {
  readonly dataConverter?: DataConverter;
} {
  if (codec === undefined) return {};
  return {
    dataConverter: {
      payloadCodecs: [codec],
      failureConverterPath: ENCODED_FAILURES,
    },
  };
}
