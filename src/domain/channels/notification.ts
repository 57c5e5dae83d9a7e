import { z } from 'zod';
import type { MessageFormat } from './channel-definition';

const words = z.object({ title: z.string(), body: z.string(), url: z.string().exactOptional() });

/** A title, a text, and where a tap leads. */
export const notification: MessageFormat<z.infer<typeof words>, z.infer<typeof words>> = {
  texts: words,
  content: words,
  compile(texts, compiler) {
    const title = compiler.line('title', texts.title);
    const body = compiler.text('body', texts.body);
    const url = texts.url === undefined ? undefined : compiler.link('url', texts.url);
    return (scope, props) => ({
      title: title(scope, props),
      body: body(scope, props),
      ...(url !== undefined && { url: url(scope, props) }),
    });
  },
  decorate: (content, decorator) =>
    content.url === undefined ? content : { ...content, url: decorator.url(content.url) },
};
