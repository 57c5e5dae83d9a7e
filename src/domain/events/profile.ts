import { z } from 'zod';

import {
  optionalNumber,
  optionalPersonalText,
  optionalText,
  optionalTextOrNumber,
  requiredId,
} from './fields';

const segment = z.looseObject({ segment: requiredId });

/** What customers say of us, and which segments they come into and leave; see docs/language.md. */
export const profileEvents = {
  'Segment Entered': segment,
  'Segment Left': segment,
  /** One of `sentiment`, `nps`, `rating`, or `score` with `scale` says how they feel. */
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
