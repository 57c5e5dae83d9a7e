import { z } from 'zod';

/** What every mail provider reads. */
export const mailSettings = z.object({
  /** `My Shop <hello@shop.example>` */
  MAIL_FROM: z.string(),
  EMAIL_RATE: z.coerce.number().positive().optional(),
});
