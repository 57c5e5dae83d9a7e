import type { ProviderDefinition } from './define-provider';
import { inbox, type InboxWriter } from './inbox/inbox-provider';
import { localMailbox } from './local-mailbox/local-mailbox-provider';
import { smtp } from './smtp/smtp-provider';
import { webhook } from './webhook/webhook-provider';

/** The providers that come with the engine: one line each. */
export function builtInProviders(deps: {
  readonly writeInbox: InboxWriter;
  /** Where mails are kept as files when no mail server is set up. */
  readonly mailboxDirectory: string | undefined;
}): readonly ProviderDefinition[] {
  return [smtp, localMailbox(deps.mailboxDirectory), inbox(deps.writeInbox), webhook];
}
