import path from 'node:path';

/** Ids without a path separator or a leading dot, so that a file is always inside the folder. */
const SAFE_ID = /^[A-Za-z0-9_-][\w.-]{0,127}$/;

export function isMailId(id: string): boolean {
  return SAFE_ID.test(id);
}

/** @throws {Error} if the id has characters other than letters, digits, dots, underscores and hyphens */
export function mailboxFile(directory: string, id: string): string {
  if (!isMailId(id)) {
    throw new Error(
      `Found the mail id ${JSON.stringify(id.slice(0, 50))}; expected a message's UUID. Take the id from the list of mails.`,
    );
  }
  return path.join(directory, `${id}.eml`);
}
