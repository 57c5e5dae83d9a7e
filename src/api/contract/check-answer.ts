import { isMedia } from './answers';
import { errorBody, trackingErrorBody } from './error-body';
import { errorsOf } from './errors-of';
import type { Route } from './route';

export interface SentAnswer {
  readonly status: number;
  /** As the header has it. */
  readonly contentType: string;
  /** The parsed JSON; undefined for another format. */
  readonly json: unknown;
}

/** What is wrong with an answer by the declaration of its route; undefined where it fits. */
export function answerProblem(route: Route, sent: SentAnswer): string | undefined {
  const { status, contentType, json } = sent;
  const says = `${route.method} ${route.path} answered ${status}`;
  const declared = Object.hasOwn(route.answers, status) ? route.answers[status] : undefined;
  if (declared !== undefined && isMedia(declared)) {
    return declared.mediaTypes.some((type) => contentType.startsWith(type))
      ? undefined
      : `${says} with ${contentType}; declared is ${declared.mediaTypes.join(', ')}`;
  }
  const codes = errorsOf(route).get(status);
  if (declared === undefined && codes === undefined) return `${says}, which is not declared`;
  if (declared === undefined && route.errorFormat === 'page') {
    return contentType.startsWith('text/html') ? undefined : `${says} without a page`;
  }
  const usual = route.errorFormat === 'tracking' ? trackingErrorBody : errorBody;
  const read = (declared?.schema ?? usual).safeParse(json);
  if (!read.success) {
    const issues = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return `${says} with a body that does not fit its schema: ${issues.join('; ')}`;
  }
  const code = (json as { error?: { code?: unknown } } | null)?.error?.code;
  if (declared === undefined && codes?.includes(String(code)) === false) {
    return `${says} with the code ${String(code)}; declared are ${codes.join(', ')}`;
  }
  return undefined;
}
