import type { ChannelKind } from '../domain/channels/channel-kind';
import type { ChannelProvider } from './channel';
import { createInboxProvider, type InboxWriter } from './inbox/inbox-provider';
import { createLocalMailbox } from './local-mailbox/local-mailbox-provider';
import { createSmtpProvider, type SmtpSettings } from './smtp/smtp-provider';
import { createWebhookProvider, type WebhookSettings } from './webhook/webhook-provider';

export interface ProviderSettings {
  /** Where mail goes; without it mail goes to `mailboxDirectory`. */
  readonly smtpUrl?: string | undefined;
  readonly smtp?: Pick<SmtpSettings, 'pool' | 'timeouts'> | undefined;
  /** `My Shop <hello@shop.example>` */
  readonly mailFrom: string;
  readonly mailboxDirectory?: string | undefined;
  /** Without it there is no webhook channel. */
  readonly webhook?: Omit<WebhookSettings, 'costPerMessage'> | undefined;
  /** Cost of one message in the shop's currency; 0 where absent. */
  readonly costs?: Partial<Readonly<Record<ChannelKind, number>>> | undefined;
}

export interface ProviderDeps {
  readonly writeInbox: InboxWriter;
}

/**
 * Every channel that can carry messages, with its provider: one line a provider.
 *
 * @throws {Error} settings that a provider cannot work with, such as a malformed SMTP_URL
 */
export function createProviders(
  settings: ProviderSettings,
  deps: ProviderDeps,
): ReadonlyMap<ChannelKind, ChannelProvider> {
  const cost = (channel: ChannelKind) => settings.costs?.[channel] ?? 0;
  const providers = [
    createMail(settings, cost('email')),
    createInboxProvider({ write: deps.writeInbox, costPerMessage: cost('inapp') }),
    settings.webhook &&
      createWebhookProvider({ ...settings.webhook, costPerMessage: cost('webhook') }),
  ];
  return new Map(providers.flatMap((provider) => (provider ? [[provider.channel, provider]] : [])));
}

function createMail(settings: ProviderSettings, costPerMessage: number): ChannelProvider {
  const { smtpUrl, mailFrom: from, mailboxDirectory: directory, smtp } = settings;
  if (smtpUrl) return createSmtpProvider({ ...smtp, url: smtpUrl, from, costPerMessage });
  if (directory) return createLocalMailbox({ directory, from, costPerMessage });
  throw new Error(
    'Found neither a mail server nor an outbox folder; expected one of them. Set SMTP_URL, or give a folder for the outbox.',
  );
}
