import { z } from 'zod';

/** The settings that all mail providers share. */
export const mailSettings = z.object({
  /** `My Shop <hello@shop.example>` */
  MAIL_FROM: z.string(),
  EMAIL_RATE: z.coerce.number().positive().optional(),
});
