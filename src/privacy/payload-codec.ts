import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { enrollmentIdIn } from '../journey/protocol';
import type { DataKeys } from './data-keys';
import { open, seal, type Keyring } from './payload-keys';

/** A payload of an erased customer: its key, and so its content, is gone. */
export class PayloadErased extends Error {
  constructor() {
    super('This payload is unreadable: its customer was erased, and its key deleted with them.');
    this.name = 'PayloadErased';
  }
}

const ENCRYPTED = 'binary/encrypted';
const CIPHER = 'AES-256-GCM';
const KEY_ID = 'encryption-key-id';

const { Payload: PayloadMessage } = temporal.api.common.v1;

/**
 * Encrypts the payloads that Temporal stores. Those of an enrollment use its own data key, which an
 * erasure deletes (crypto-shredding), so that backups of Temporal become unreadable; all others use the
 * newest master key. Each payload names its key. Unencrypted payloads are passed through, so that the
 * codec can be turned on while journeys run.
 */
export function createPayloadCodec(keyring: Keyring, dataKeys: DataKeys): PayloadCodec {
  async function encodeOne(payload: Payload, enrollmentId: string | undefined): Promise<Payload> {
    const plain = PayloadMessage.encode(PayloadMessage.create(payload)).finish();
    const key = enrollmentId === undefined ? null : await dataKeys.forEncryption(enrollmentId);
    if (enrollmentId !== undefined && key !== null) {
      const name = `enrollment:${enrollmentId}`;
      return encrypted(name, seal(key, plain, name));
    }
    const about = 'master';
    const sealed = keyring.encrypt(plain, about);
    return encrypted(`master:${sealed.key}`, sealed.sealed);
  }

  async function decodeOne(payload: Payload): Promise<Payload> {
    if (text(payload.metadata?.['encoding']) !== ENCRYPTED) return payload;
    const name = text(payload.metadata?.[KEY_ID]);
    const [, kind = '', id = ''] = /^([a-z]+):(.*)$/s.exec(name) ?? [];
    const data = payload.data ?? new Uint8Array();
    if (kind === 'master') return decoded(keyring.decrypt(id, data, 'master'));
    if (kind !== 'enrollment') {
      throw new Error(
        `Found a payload under the key '${name.slice(0, 100)}'; expected a key of THROUGHLINE_PAYLOAD_KEYS.`,
      );
    }
    const key = await dataKeys.forDecryption(id);
    if (key === null) throw new PayloadErased();
    return decoded(open(key, data, name));
  }

  return {
    encode: (payloads, context) => {
      const enrollmentId = enrollmentOf(context);
      return Promise.all(payloads.map((payload) => encodeOne(payload, enrollmentId)));
    },
    decode: (payloads) => Promise.all(payloads.map(decodeOne)),
  };
}

function encrypted(key: string, sealed: Uint8Array): Payload {
  return {
    metadata: {
      encoding: Buffer.from(ENCRYPTED),
      'encryption-cipher': Buffer.from(CIPHER),
      [KEY_ID]: Buffer.from(key),
    },
    data: sealed,
  };
}

function decoded(plain: Uint8Array): Payload {
  return PayloadMessage.decode(plain);
}

function text(bytes: Uint8Array | null | undefined): string {
  return bytes === undefined || bytes === null ? '' : Buffer.from(bytes).toString('utf8');
}

/** The engine's system workflows, which belong to no customer. */
const SYSTEM = /^(?:operation|schedule|erase)\//;

const ENROLLMENT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The enrollment of a payload, from the id of its workflow. */
function enrollmentOf(context: SerializationContext | undefined): string | undefined {
  const workflowId = context?.workflowId;
  if (workflowId === undefined || SYSTEM.test(workflowId)) return undefined;
  const id = enrollmentIdIn(workflowId);
  return ENROLLMENT_ID.test(id) ? id : undefined;
}
