import type { ProviderDefinition } from './define-provider';
import { inbox, type InboxWriter } from './inbox/inbox-provider';
import { localMailbox } from './local-mailbox/local-mailbox-provider';
import { smtp } from './smtp/smtp-provider';
import { webhook } from './webhook/webhook-provider';

/** The providers that are part of the engine. */
export function builtInProviders(deps: {
  readonly writeInbox: InboxWriter;
  /** The folder for mails as files while no mail server is configured. */
  readonly mailboxDirectory: string | undefined;
}): readonly ProviderDefinition[] {
  return [smtp, localMailbox(deps.mailboxDirectory), inbox(deps.writeInbox), webhook];
}
