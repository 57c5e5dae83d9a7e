import { z } from 'zod';

import { personal } from './personal';

/**
 * The kinds of property that the vocabularies are made of. All are `nullish`: Segment's sources
 * send `null` for what they do not know, and an event is worth keeping without it.
 */
export const optionalText = z.string().nullish();

export const optionalNumber = z.number().nullish();

export const optionalFlag = z.boolean().nullish();

/** An address, a phone number, a name, or free text in which people write such things. */
export const optionalPersonalText = personal(z.string()).nullish();

/** Segment documents these as text, shops send them as numbers; both are kept as sent. */
export const optionalTextOrNumber = z.union([z.string(), z.number()]).nullish();

/** What a journey cannot do without, such as the order that an event is about. */
export const requiredId = z.string().min(1);
