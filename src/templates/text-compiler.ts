import type { Renderer, TextCompiler } from '../domain/channels/channel-definition';
import type { Json } from '../domain/json';
import type { Vocabulary } from './check-variables';
import { htmlToText, tidyText } from './html-to-text';
import { liquidEngines } from './liquid-engines';
import { compileLiquid } from './liquid-text';
import { mjmlToHtml } from './mjml-to-html';
import { safeLink } from './safe-link';
import { TemplateError } from './template-error';
import { z } from 'zod';

/** Compiles the texts of one template for one channel, and checks each variable against the vocabulary. */
export function createTextCompiler(
  template: string,
  channel: string,
  vocabulary: Vocabulary,
): TextCompiler {
  const placeOf = (part: string) => ({ template, part: `${channel}.${part}` });
  const compile = (part: string, source: string, engine: keyof typeof liquidEngines = 'text') =>
    compileLiquid({ ...placeOf(part), source, engine: liquidEngines[engine], vocabulary });
  const text = (part: string, source: string): Renderer<string> => {
    const fill = compile(part, source);
    return (scope) => tidyText(fill(scope));
  };

  return {
    text,
    line(part, source) {
      const fill = compile(part, source);
      return (scope) => oneLine(fill(scope));
    },
    link(part, source) {
      const fill = compile(part, source);
      return (scope) => safeLink(placeOf(part), fill(scope));
    },
    json(part, source) {
      const fill = compile(part, source, 'json');
      return (scope) => parseJson(placeOf(part), fill(scope));
    },
    async mail(mail) {
      const place = placeOf('mjml');
      const html = { ...place, source: mail.mjml, vocabulary, engine: liquidEngines.html };
      // MJML changes the lines, so names and filters are checked in the source first.
      compileLiquid(html);
      const compiled = await mjmlToHtml(template, place.part, mail.mjml);
      const fill = compileLiquid({ ...html, compiled });
      if (mail.text !== undefined) return { html: fill, text: text('text', mail.text) };
      const plain = compileLiquid({
        ...html,
        compiled: htmlToText(compiled),
        engine: liquidEngines.text,
      });
      return { html: fill, text: (scope) => tidyText(plain(scope)) };
    },
  };
}

function parseJson(
  place: { readonly template: string; readonly part: string },
  text: string,
): Json {
  try {
    return z.json().parse(JSON.parse(text));
  } catch (cause) {
    throw new TemplateError(
      place,
      `Found text that is not JSON (${cause instanceof Error ? cause.message : String(cause)}). Write each value as {{ output }} without quotes around it; it is encoded as JSON.`,
      { cause },
    );
  }
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
