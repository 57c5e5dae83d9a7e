import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Moves messages and stack traces of failures into payloads, so that they are encrypted as well. The
 * SDK loads this module by its path, also into the workflow sandbox, and requires this export name.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
