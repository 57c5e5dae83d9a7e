import { z } from 'zod';

import {
  optionalNumber,
  optionalPersonalText,
  optionalText,
  optionalTextOrNumber,
  requiredId,
} from './fields';

const segment = z.looseObject({ segment: requiredId });

/** Customer feedback, and changes of segment membership; see docs/language.md. */
export const profileEvents = {
  'Segment Entered': segment,
  'Segment Left': segment,
  /** Carries one of `sentiment`, `nps`, `rating`, or `score` with `scale`. */
  'Feedback Given': z.looseObject({
    kind: optionalText,
    /** -1 to 1, or `positive`, `neutral` or `negative`. */
    sentiment: optionalTextOrNumber,
    /** 0 to 10. */
    nps: optionalNumber,
    /** 1 to 5. */
    rating: optionalTextOrNumber,
    score: optionalNumber,
    scale: optionalNumber,
    comment: optionalPersonalText,
  }),
} as const;
