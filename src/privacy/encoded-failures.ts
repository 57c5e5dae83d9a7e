import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts messages and stacks of failures into payloads, so that they are encrypted like the rest. The
 * SDK loads this by its path, also into the workflow sandbox, and wants this name.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
