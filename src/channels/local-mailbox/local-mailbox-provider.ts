import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ChannelProvider } from '../channel';
import { composeMail } from '../email/compose-mail';
import { parseSender } from '../email/sender';
import { TransientSendError } from '../errors';
import { mailboxFile } from './mailbox-file';

export interface LocalMailboxSettings {
  /** Where the .eml files go; made where it is missing. */
  readonly directory: string;
  /** `My Shop <hello@shop.example>` */
  readonly from: string;
  readonly costPerMessage: number;
}

/**
 * Stands in for a mail server: each mail becomes one .eml file that any mail program opens. A file
 * appears whole or not at all, and once for each message, so no outcome is ever unknown.
 *
 * @throws {Error} a sender that is no address
 */
export function createLocalMailbox(settings: LocalMailboxSettings): ChannelProvider {
  const sender = parseSender(settings.from);
  return {
    channel: 'email',
    name: 'local-mailbox',
    costPerMessage: settings.costPerMessage,
    async deliver(message, signal) {
      const mail = await composeMail(message, sender);
      const file = mailboxFile(settings.directory, message.id);
      const temporary = path.join(settings.directory, `.${randomUUID()}.tmp`);
      const receipt = {
        providerMessageId: mail.messageId,
        response: `written to ${message.id}.eml`,
      };
      try {
        signal.throwIfAborted();
        if (await exists(file)) return receipt;
        await mkdir(settings.directory, { recursive: true });
        await writeFile(temporary, mail.raw, { signal });
        await rename(temporary, file);
        return receipt;
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw new TransientSendError(
          `The outbox ${settings.directory} did not take message ${message.id}: ${signal.aborted ? 'the attempt was aborted' : reasonOf(error)}. Writing it again is safe; make sure that the folder can be written to.`,
          { cause: error },
        );
      }
    },
    close: () => Promise.resolve(),
  };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
