import type { Json } from './json';

/** What a template became for one customer on one channel. */
export type MessageContent =
  | {
      readonly channel: 'email';
      readonly subject: string;
      readonly html: string;
      readonly text: string;
    }
  | { readonly channel: 'sms' | 'whatsapp'; readonly text: string }
  | {
      readonly channel: 'push' | 'inapp';
      readonly title: string;
      readonly body: string;
      readonly url?: string;
    }
  | { readonly channel: 'webhook'; readonly type: string; readonly data: Json };
