import { LiquidError, type Template } from 'liquidjs';
import { findUnknownVariable, type Vocabulary } from './check-variables';
import type { LiquidEngine } from './liquid-engines';
import { TemplateError } from './template-error';

export interface LiquidSource {
  readonly template: string;
  /** Which text of the template, such as `email.subject`. */
  readonly part: string;
  /** What the author wrote; lines are counted in it. */
  readonly source: string;
  /** What is rendered, where that was made from the source; the source where absent. */
  readonly compiled?: string;
  readonly engine: LiquidEngine;
  readonly vocabulary: Vocabulary;
}

/** Fills the text. Throws a `TemplateError`. */
export type LiquidText = (scope: object) => string;

/**
 * Parses a Liquid text once and checks its names and filters.
 *
 * @throws {TemplateError} broken Liquid, an unknown filter, a variable that can never be there
 */
export function compileLiquid(liquid: LiquidSource): LiquidText {
  const { template, part, source, compiled, engine, vocabulary } = liquid;
  const parsed = parse(liquid, source);
  const unknown = findUnknownVariable(engine, parsed, vocabulary);
  if (unknown) throw new TemplateError({ template, part, line: unknown.line }, unknown.problem);
  const rendered = compiled === undefined ? parsed : parse(liquid, compiled);

  return (scope) => {
    try {
      return String(engine.renderSync(rendered, scope));
    } catch (error) {
      throw templateError(liquid, error);
    }
  };
}

function parse(liquid: LiquidSource, text: string): Template[] {
  try {
    return liquid.engine.parse(text);
  } catch (error) {
    throw templateError(liquid, error);
  }
}

function templateError(liquid: LiquidSource, error: unknown): TemplateError {
  const { template, part, source, compiled } = liquid;
  if (!(error instanceof Error)) throw error;
  const token = LiquidError.is(error) ? error.token : undefined;
  const line = compiled === undefined ? token?.getPosition()[0] : lineOf(token?.getText(), source);
  const original = LiquidError.is(error)
    ? (error as { originalError?: Error }).originalError
    : undefined;
  return new TemplateError({ template, part, line }, sentence(original?.message ?? error.message), {
    cause: error,
  });
}

/** Compiled text has other lines; the tag itself is unchanged, so its first place is looked up. */
function lineOf(tag: string | undefined, source: string): number | undefined {
  const at = tag ? source.indexOf(tag) : -1;
  return at < 0 ? undefined : source.slice(0, at).split('\n').length;
}

/** liquidjs's own messages, as sentences to act on. */
function sentence(message: string): string {
  const [, variable] = /^undefined variable: (.+?)(, line:.*)?$/.exec(message) ?? [];
  if (variable) {
    return `Found no ${variable} in what the message was given. Give it, or ask for it with {% if ${variable} %} or a default.`;
  }
  const [, filter] = /^undefined filter: (\S+)/.exec(message) ?? [];
  if (filter)
    return `Found the filter ${filter}, which there is not. Use one of Liquid's, or money, local_date, local_time, local_datetime.`;
  if (/limit exceeded/.test(message)) {
    return `Found a text that takes too much to render (${message}). Shorten its loops.`;
  }
  return /[.!]$/.test(message) ? message : `Found broken Liquid: ${message}. Correct the tag.`;
}
