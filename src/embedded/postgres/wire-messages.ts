// The framing of Postgres' wire protocol, as far as a server in front of PGlite has to know it.

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;

export interface WireMessage {
  /** The type's letter; `''` for the untyped messages that open a connection. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** Cuts whole messages off the front of `buffer`; `rest` waits for more bytes. */
export function splitMessages(
  buffer: Buffer,
  typed: boolean,
): { messages: WireMessage[]; rest: Buffer } {
  const messages: WireMessage[] = [];
  const header = typed ? 1 : 0;
  let at = 0;
  while (buffer.length - at >= header + 4) {
    const length = buffer.readInt32BE(at + header);
    if (length < 4) throw new Error(`a message of ${length} bytes was found, at least 4 expected`);
    const end = at + header + length;
    if (end > buffer.length) break;
    const type = typed ? String.fromCharCode(buffer[at] ?? 0) : '';
    messages.push({ type, bytes: buffer.subarray(at, end) });
    at = end;
    // Only the first message is untyped for sure; the caller says how to read on.
    if (!typed) break;
  }
  return { messages, rest: buffer.subarray(at) };
}

export function openingKind(bytes: Buffer): 'encryption' | 'cancel' | 'startup' {
  const code = bytes.readInt32BE(4);
  if (code === SSL_REQUEST || code === GSS_REQUEST) return 'encryption';
  return code === CANCEL_REQUEST ? 'cancel' : 'startup';
}

/** The text of a simple query, a password message or a Parse (its second text). */
export function textOf({ type, bytes }: WireMessage): string {
  const start = type === 'P' ? bytes.indexOf(0, 5) + 1 : 5;
  return bytes.toString('utf8', start, bytes.indexOf(0, start));
}

export const ASK_FOR_PASSWORD = message('R', Buffer.from([0, 0, 0, 3]));

export const SYNC = message('S', Buffer.alloc(0));

export function startupMessage(user: string, database: string): Buffer {
  const text = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + text.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, text]);
}

export function queryMessage(sql: string): Buffer {
  return message('Q', Buffer.from(`${sql}\0`));
}

export function fatalMessage(code: string, text: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}
