import { z } from 'throughline/app';

const cartId = z.string().min(1);
const appointmentId = z.string().min(1);
/** A time with its offset, such as `2026-03-01T10:00:00+01:00`. */
const startsAt = z.iso.datetime({ offset: true });
const optionalText = z.string().nullish();
/** Products never reach a journey, so numbers sent as text are also accepted. */
const textOrNumber = z.union([z.string(), z.number()]).nullish();

const product = z.looseObject({
  product_id: textOrNumber,
  name: optionalText,
  price: textOrNumber,
  quantity: textOrNumber,
});

/** The shop's own events: carts and appointments. */
export const shopEvents = {
  'Cart Updated': z.looseObject({
    cart_id: cartId,
    value: z.number().nullish(),
    currency: optionalText,
    products: z.array(product).nullish(),
  }),
  'Cart Emptied': z.looseObject({ cart_id: cartId }),
  'Appointment Booked': z.looseObject({
    appointment_id: appointmentId,
    starts_at: startsAt,
    service: optionalText,
    place: optionalText,
  }),
  'Appointment Rescheduled': z.looseObject({ appointment_id: appointmentId, starts_at: startsAt }),
  'Appointment Cancelled': z.looseObject({ appointment_id: appointmentId }),
} as const;
