import { LiquidError, type Template } from 'liquidjs';
import { findUnknownVariable, type Vocabulary } from './check-variables';
import type { LiquidEngine } from './liquid-engines';
import { TemplateError } from './template-error';

export interface LiquidSource {
  readonly template: string;
  /** The text of the template, such as `email.subject`. */
  readonly part: string;
  /** The author's text, to which line numbers refer. */
  readonly source: string;
  /** The text to render if it was compiled from the source; default `source`. */
  readonly compiled?: string;
  readonly engine: LiquidEngine;
  readonly vocabulary: Vocabulary;
}

/** Renders the text. Throws a `TemplateError`. */
export type LiquidText = (scope: object) => string;

/**
 * Parses a Liquid text once and checks its names and filters.
 *
 * @throws {TemplateError} for invalid Liquid, an unknown filter or an unknown variable
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

/** Compiled text has other line numbers, so the unchanged tag is searched in the source. */
function lineOf(tag: string | undefined, source: string): number | undefined {
  const at = tag ? source.indexOf(tag) : -1;
  return at < 0 ? undefined : source.slice(0, at).split('\n').length;
}

/** Converts liquidjs's messages to errors that say what to do. */
function sentence(message: string): string {
  const [, variable] = /^undefined variable: (.+?)(, line:.*)?$/.exec(message) ?? [];
  if (variable) {
    return `Found no ${variable} in the input of the message. Pass it, or test it with {% if ${variable} %} or use a default.`;
  }
  const [, filter] = /^undefined filter: (\S+)/.exec(message) ?? [];
  if (filter)
    return `Found the filter ${filter}, which does not exist. Use one of Liquid's filters, or money, local_date, local_time, local_datetime.`;
  if (/limit exceeded/.test(message)) {
    return `Found a text that exceeds a limit while rendering (${message}). Shorten its loops.`;
  }
  return /[.!]$/.test(message) ? message : `Found invalid Liquid: ${message}. Correct the tag.`;
}
