import mjml2html from 'mjml';
import { TemplateError } from './template-error';

const LIQUID_TAG = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;

/**
 * Compiles MJML to HTML and keeps its Liquid tags, once for all renderings.
 *
 * @throws {TemplateError} if the MJML is invalid or would drop a Liquid tag
 */
export async function mjmlToHtml(template: string, part: string, mjml: string): Promise<string> {
  const { html, errors } = await mjml2html(mjml, {
    validationLevel: 'soft',
    ignoreIncludes: true,
  }).catch((cause: unknown) => {
    throw new TemplateError(
      { template, part },
      `Found text that is not MJML (${cause instanceof Error ? cause.message : String(cause)}); expected <mjml> with <mj-body>. Correct the markup.`,
      { cause },
    );
  });
  const [first] = errors;
  if (first) {
    throw new TemplateError(
      { template, part, line: first.line },
      `Found invalid MJML at <${first.tagName}>: ${first.message}. Correct the markup.`,
    );
  }
  const lost = findLostTag(mjml, html);
  if (lost) {
    throw new TemplateError(
      { template, part, line: lost.line },
      `Found ${lost.tag} where MJML drops text. Put it inside <mj-raw> or inside a text element.`,
    );
  }
  return html;
}

/** MJML silently drops text between elements, including the tags of a loop. */
function findLostTag(mjml: string, html: string): { tag: string; line: number } | undefined {
  const kept = new Map<string, number>();
  for (const [tag] of html.matchAll(LIQUID_TAG)) kept.set(tag, (kept.get(tag) ?? 0) + 1);
  for (const { 0: tag, index } of mjml.matchAll(LIQUID_TAG)) {
    const left = kept.get(tag) ?? 0;
    if (left === 0) return { tag, line: mjml.slice(0, index).split('\n').length };
    kept.set(tag, left - 1);
  }
  return undefined;
}
