import { z } from 'zod';

import { personal } from './personal';

/**
 * The property types of the vocabularies. The optional ones are `nullish`: Segment's sources send
 * `null` for unknown values, and an event without them is still useful.
 */
export const optionalText = z.string().nullish();

export const optionalNumber = z.number().nullish();

export const optionalFlag = z.boolean().nullish();

/** An address, a phone number, a name, or free text that may contain one. */
export const optionalPersonalText = personal(z.string()).nullish();

/** Segment documents these as strings, but shops send numbers; both are stored as sent. */
export const optionalTextOrNumber = z.union([z.string(), z.number()]).nullish();

/** A property that journeys need, such as the id of the order that an event is about. */
export const requiredId = z.string().min(1);
