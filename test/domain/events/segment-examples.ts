import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { z } from 'zod';

const FILE = resolve(__dirname, '../../../../shared/data/segment-examples.json');

const examples = z.object({
  examples: z.array(
    z.object({
      source: z.string(),
      type: z.enum(['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch']),
      payload: z.looseObject({}),
    }),
  ),
});

/** The payloads of Segment's documentation, which may not be copied here; none where absent. */
export function segmentExamples(): z.output<typeof examples>['examples'] {
  if (!existsSync(FILE)) {
    process.stderr.write(`Skipped the examples of Segment's documentation: no file ${FILE}.\n`);
    return [];
  }
  return examples.parse(JSON.parse(readFileSync(FILE, 'utf8'))).examples;
}
