import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { delimiterOf, type Delimiter } from '../tabular/delimiter';
import type { FileRow } from './file-row';

/** A file that can be imported: it was read once completely. */
export interface SourceFile {
  readonly path: string;
  readonly delimiter: Delimiter;
  readonly header: readonly string[];
  readonly rows: number;
  /** SHA-256 of its bytes, in hex. */
  readonly hash: string;
}

/** Rows are far shorter; an unclosed quote would make one row of the rest of the file. */
const MAX_ROW = 1024 * 1024;
const SNIFFED_BYTES = 64 * 1024;

/**
 * Reads a file once, so that what is wrong with it as a whole is reported before any row is stored:
 * later it could not be corrected without becoming another file.
 *
 * @throws {Error} for a file that cannot be read, that is empty, or whose quotes do not match
 */
export async function readSource(path: string): Promise<SourceFile> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Error(`Found no file ${path}; check the path of the CSV file.`, { cause });
  });
  if (!found.isFile()) {
    throw new Error(`${path} is no file; an import can go on after a stop only with a file.`);
  }
  const delimiter = delimiterOf(await beginning(path));
  const hash = createHash('sha256');
  let header: readonly string[] | undefined;
  let rows = 0;
  for await (const row of parsed(path, delimiter, (chunk) => hash.update(chunk))) {
    if (header === undefined) header = row.cells;
    else rows++;
  }
  if (header === undefined) {
    throw new Error(`${path} is empty; expected a first line with the names of the columns.`);
  }
  return { path, delimiter, header, rows, hash: hash.digest('hex') };
}

/** The rows of a file after `after`, without the header, one at a time. */
export async function* rowsOf(
  { path, delimiter }: Pick<SourceFile, 'path' | 'delimiter'>,
  after: number,
): AsyncGenerator<FileRow> {
  let number = -1;
  for await (const { line, cells } of parsed(path, delimiter)) {
    number++;
    if (number > after) yield { number, line, cells };
  }
}

async function* parsed(
  path: string,
  delimiter: string,
  see?: (chunk: Buffer) => void,
): AsyncGenerator<{ readonly line: number; readonly cells: readonly string[] }> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    // A row of another length is rejected on its own, and a stray quote is a character.
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    // Spreadsheets export lines of delimiters.
    skip_records_with_empty_values: true,
    max_record_size: MAX_ROW,
  });
  const bytes = await openBytes(path, see);
  // Its error reaches the parser, which throws it below.
  pipeline(bytes, parser, () => undefined);
  let before = 1;
  try {
    for await (const each of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const { record: cells, info } = each;
      const breaks = cells.reduce(
        (sum, cell) => sum + (cell.includes('\n') ? cell.split('\n').length - 1 : 0),
        0,
      );
      before = info.lines - breaks;
      yield { line: before, cells };
    }
  } catch (error) {
    throw sentenceOf(path, before, error);
  } finally {
    bytes.destroy();
  }
}

/** The bytes of a file, decompressed where it is gzip, whatever its name. */
async function openBytes(path: string, see?: (chunk: Buffer) => void): Promise<Readable> {
  const packed = await isPacked(path);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const seen =
    see === undefined
      ? file
      : pipeline(
          file,
          new Transform({
            transform(chunk: Buffer, _encoding, done) {
              see(chunk);
              done(null, chunk);
            },
          }),
          () => undefined,
        );
  return packed ? pipeline(seen, createGunzip(), () => undefined) : seen;
}

async function isPacked(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: 1 })) {
    return (chunk as Buffer).equals(Buffer.from([0x1f, 0x8b]));
  }
  return false;
}

async function beginning(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  const bytes = await openBytes(path);
  try {
    for await (const chunk of bytes) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= SNIFFED_BYTES) break;
    }
  } catch (error) {
    throw sentenceOf(path, 1, error);
  }
  const all = Buffer.concat(chunks);
  const wide = all.subarray(0, 2).equals(Buffer.from([0xff, 0xfe]));
  return all.toString(wide ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

function sentenceOf(path: string, line: number, error: unknown): Error {
  const code = (error as { code?: string }).code ?? '';
  if (code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE') {
    return new Error(
      `${path} cannot be read after line ${line}: a quote is not closed there, or a row is longer than 1 MB. Fix the file; nothing of it was stored.`,
      { cause: error },
    );
  }
  if (code.startsWith('Z_')) {
    return new Error(`${path} is an incomplete gzip file. Copy it again.`, {
      cause: error,
    });
  }
  if (error instanceof CsvError) {
    return new Error(`${path} is not a CSV file after line ${line}: ${error.message}.`, {
      cause: error,
    });
  }
  return error as Error;
}
