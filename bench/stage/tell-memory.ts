import { answerCalls } from './answer-calls';
import { memoryUse } from './memory-use';

// Required before a command of the product, which so can be asked for its memory and ends with the
// bench. It does nothing until it is asked.

const calls = { memoryUse };
export type MemoryCalls = typeof calls;

answerCalls(calls);
process.channel?.unref();
