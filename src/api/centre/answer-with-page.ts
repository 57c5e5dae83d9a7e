import type { ErrorRequestHandler } from 'express';
import type { Logger } from '../../logger';
import { answerOf, logFailure, routeOf } from '../http/answer-error';
import { brokenPage } from '../pages/link-pages';
import { sendPage } from '../pages/layout';
import type { Centre } from './centre';
import { pageLanguage } from './page-language';

/** Answers an error of a page that customers see with a page. */
export function answerWithPage(deps: {
  readonly logger: Logger;
  readonly centre: Centre;
}): ErrorRequestHandler {
  const { logger, centre } = deps;
  return (error: unknown, request, response, next) => {
    const { status, headers } = answerOf(error);
    if (status >= 500) logFailure(logger, error, request.method, routeOf(request), status);
    if (response.headersSent) {
      next(error);
      return;
    }
    response.set(headers);
    const language = pageLanguage(request, centre);
    const words = { settings: centre.settings, language };
    sendPage(response, brokenPage(words, status), { look: centre.look, language, choice: false });
  };
}
