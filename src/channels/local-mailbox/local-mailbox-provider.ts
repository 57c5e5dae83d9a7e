import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defineProvider, type ProviderClient } from '../define-provider';
import { mailSettings } from '../email/mail-settings';
import { composeMail } from '../email/compose-mail';
import { parseSender } from '../email/sender';
import { TransientSendError } from '../errors';
import { mailboxFile } from './mailbox-file';

export interface LocalMailboxSettings {
  /** The folder for the .eml files; created if it is missing. */
  readonly directory: string;
  /** `My Shop <hello@shop.example>` */
  readonly from: string;
}

/** Writes mails to files on this machine while no other mail provider is configured. */
export function localMailbox(directory: string | undefined) {
  return defineProvider({
    name: 'local-mailbox',
    channel: 'email',
    settings: mailSettings,
    idempotent: true,
    onlyAlone: true,
    rate: (settings) => settings.EMAIL_RATE,
    create({ MAIL_FROM: from }) {
      if (directory !== undefined) return createLocalMailbox({ directory, from });
      throw new Error(
        'Found neither a mail server nor a folder for mails; expected one of them. Set SMTP_URL, or give a folder for the local mailbox.',
      );
    },
  });
}

/**
 * Writes each mail to an .eml file, which any mail program can open, instead of sending it. Files are
 * written atomically and once per message, so the outcome is never unknown.
 *
 * @throws {Error} if the sender is not an address
 */
export function createLocalMailbox(settings: LocalMailboxSettings): ProviderClient<'email'> {
  const sender = parseSender(settings.from);
  return {
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
          `The mailbox ${settings.directory} did not accept message ${message.id}: ${signal.aborted ? 'the attempt was aborted' : reasonOf(error)}. The attempt is retried; make sure that the folder is writable.`,
          { cause: error },
        );
      }
    },
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
