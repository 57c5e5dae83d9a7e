import { rm } from 'node:fs/promises';
import { isMailId, mailboxFile } from './mailbox-file';

/** Deletes the files of messages; ids without a file are ignored. */
export async function removeStoredMails(
  directory: string,
  messageIds: readonly string[],
): Promise<void> {
  for (const id of messageIds) {
    if (isMailId(id)) await rm(mailboxFile(directory, id), { force: true });
  }
}
