import type { Template } from 'liquidjs';
import { z } from 'zod';
import type { LiquidEngine } from './liquid-engines';
import type { TemplateDefinition } from './template';

/** The variables that a template may use, with their properties if those are known. */
export type Vocabulary = Readonly<Record<string, readonly string[] | undefined>>;

export interface UnknownVariable {
  readonly line: number;
  /** The error message. */
  readonly problem: string;
}

export function vocabularyOf(definition: TemplateDefinition): Vocabulary {
  return {
    props: propNames(definition.props),
    customer: ['id', 'traits'],
    ...(definition.about === undefined ? {} : { event: ['name', 'properties', 'occurredAt'] }),
    links: ['unsubscribe', 'preferences', 'confirm'],
    message: ['id'],
    locale: [],
    zone: [],
  };
}

/** Finds the first variable that a context never contains. Traits and event properties are not checked. */
export function findUnknownVariable(
  engine: LiquidEngine,
  parsed: Template[],
  vocabulary: Vocabulary,
): UnknownVariable | undefined {
  const used = Object.values(engine.analyzeSync(parsed, { partials: false }).globals).flat();
  for (const variable of used) {
    const [root, name] = variable.toArray();
    const problem = problemWith(String(root), name, vocabulary);
    if (problem) return { line: variable.location.row, problem };
  }
  return undefined;
}

function problemWith(root: string, name: unknown, vocabulary: Vocabulary): string | undefined {
  if (!Object.hasOwn(vocabulary, root)) {
    return root === 'event'
      ? 'Found the variable event, but the template has no event. Set `about` to the name of the event.'
      : `Found the variable ${root}; expected one of ${Object.keys(vocabulary).join(', ')}. Correct the name, or assign it first.`;
  }
  const names = vocabulary[root];
  if (!names || typeof name !== 'string' || names.includes(name)) return undefined;
  const expected = names.length > 0 ? `one of ${names.join(', ')}` : `nothing below ${root}`;
  return `Found the variable ${root}.${name}; expected ${expected}. Correct the name${root === 'props' ? ', or declare the prop' : ''}.`;
}

function propNames(schema: z.ZodType): readonly string[] | undefined {
  if (!(schema instanceof z.ZodObject)) return undefined;
  const { catchall } = schema.def;
  const open = catchall !== undefined && !(catchall instanceof z.ZodNever);
  return open ? undefined : Object.keys(schema.shape);
}
