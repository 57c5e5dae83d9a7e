export interface TemplateErrorPlace {
  readonly template: string;
  /** The text of the template, such as `email.subject`. */
  readonly part?: string | undefined;
  /** The line within that text, from 1. */
  readonly line?: number | undefined;
}

/** Thrown if a template cannot be compiled, or cannot be rendered with the given values. */
export class TemplateError extends Error {
  readonly place: TemplateErrorPlace;

  /** @param problem a sentence: what was found, what was expected, what to do */
  constructor(place: TemplateErrorPlace, problem: string, options: { cause?: unknown } = {}) {
    super(`Template ${describe(place)}: ${problem}`, options);
    this.name = 'TemplateError';
    this.place = place;
  }
}

function describe({ template, part, line }: TemplateErrorPlace): string {
  return [template, part, line && `line ${line}`].filter(Boolean).join(', ');
}
