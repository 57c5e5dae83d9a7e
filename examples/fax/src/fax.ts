import { defineChannel, normalizePhone, z } from 'throughline/app';

/** A kind of channel that the engine does not know. */
export const fax = defineChannel({
  kind: 'fax',
  wireId: 128,
  address: { trait: 'fax_number', normalize: normalizePhone, readable: true },
  labels: { en: { name: 'Fax', by: 'by fax' }, de: { name: 'Fax', by: 'per Fax' } },
  message: {
    texts: z.object({ title: z.string(), text: z.string() }),
    content: z.object({ title: z.string(), text: z.string() }),
    compile(texts, compiler) {
      const title = compiler.line('title', texts.title);
      const text = compiler.text('text', texts.text);
      return (scope, props) => ({ title: title(scope, props), text: text(scope, props) });
    },
  },
});

export const channels = [fax] as const;

declare module 'throughline' {
  interface Register {
    channels: typeof channels;
  }
}
