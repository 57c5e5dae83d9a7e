import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import PostalMime from 'postal-mime';
import { isMailId, mailboxFile } from './mailbox-file';

export interface StoredMail {
  /** The message's id. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** The mail's Date header: the time of the decision, on the journey's clock. */
  readonly at: Date;
  readonly html: string;
  readonly text: string;
}

/** The mails in the folder, most recently written first; empty if the folder does not exist. */
export async function readMailbox(
  directory: string,
  { limit }: { readonly limit: number },
): Promise<StoredMail[]> {
  const files = await writtenLastFirst(directory);
  const mails = await Promise.all(
    files.slice(0, limit).map((file) => readMail(directory, file.id)),
  );
  return mails.filter((mail) => mail !== undefined);
}

/** One mail, or undefined if there is none with this id. The id may be untrusted input from a URL. */
export async function readMail(directory: string, id: string): Promise<StoredMail | undefined> {
  if (!isMailId(id)) return undefined;
  const raw = await readFile(mailboxFile(directory, id)).catch(unlessMissing);
  if (raw === undefined) return undefined;
  const mail = await PostalMime.parse(raw);
  return {
    id,
    to: mail.to?.map((to) => to.address ?? to.name).join(', ') ?? '',
    subject: mail.subject ?? '',
    at: new Date(mail.date ?? 0),
    html: mail.html ?? '',
    text: mail.text ?? '',
  };
}

async function writtenLastFirst(directory: string) {
  const names = (await readdir(directory).catch(unlessMissing)) ?? [];
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith('.eml') && isMailId(name.slice(0, -4)))
      .map(async (name) => {
        const found = await stat(path.join(directory, name)).catch(unlessMissing);
        return { id: name.slice(0, -4), writtenAt: found?.mtimeMs ?? 0 };
      }),
  );
  // UUIDv7 ids order the files of one millisecond.
  return files.sort((a, b) => b.writtenAt - a.writtenAt || (a.id < b.id ? 1 : -1));
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
