import { rm } from 'node:fs/promises';
import { isOutboxId, outboxFile } from './outbox-file';

/** Deletes the files of messages, as far as there are any. */
export async function removeOutboxMails(
  directory: string,
  messageIds: readonly string[],
): Promise<void> {
  for (const id of messageIds) {
    if (isOutboxId(id)) await rm(outboxFile(directory, id), { force: true });
  }
}
