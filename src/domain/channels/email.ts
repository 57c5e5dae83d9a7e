import { z } from 'zod';
import { comparableEmail } from '../identity/address-forms';
import { defineChannel } from './channel-definition';

export const email = defineChannel({
  kind: 'email',
  wireId: 0,
  address: {
    trait: 'email',
    // As typed: a provider may tell upper from lower case in the local part. Suppressions ignore it.
    normalize: (value) => value.trim() || undefined,
    readable: true,
  },
  labels: {
    en: { name: 'E-mail', by: 'by e-mail' },
    de: { name: 'E-Mail', by: 'per E-Mail' },
    fr: { name: 'E-mail', by: 'par e-mail' },
  },
  message: {
    texts: z.object({ subject: z.string(), mjml: z.string(), text: z.string().optional() }),
    content: z.object({ subject: z.string(), html: z.string(), text: z.string() }),
    async compile(texts, compiler) {
      const { html, text } = await compiler.mail(texts);
      const subject = compiler.line('subject', texts.subject);
      return (scope, props) => ({
        subject: subject(scope, props),
        html: html(scope, props),
        text: text(scope, props),
      });
    },
    decorate: (content, decorator) => ({
      ...content,
      html: decorator.html(content.html),
      text: decorator.text(content.text),
    }),
  },
  inbound: {
    /** A mail's `From` may name the person too: `Ada <ada@shop.example>`. */
    sender(from) {
      const [, address = from] = /<([^<>]+)>\s*$/.exec(from) ?? [];
      return comparableEmail(address);
    },
    senderForm: 'an e-mail address such as ada@shop.example',
    // An answer by mail would also go to machines.
    answered: false,
  },
});
