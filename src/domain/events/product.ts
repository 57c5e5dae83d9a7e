import { z } from 'zod';

import { optionalNumber, optionalText, optionalTextOrNumber } from './fields';

/** Properties of the single product that an event is about, at the top level as in Segment's spec. */
export const productProperties = {
  product_id: optionalText,
  sku: optionalText,
  category: optionalText,
  name: optionalText,
  brand: optionalText,
  variant: optionalText,
  price: optionalNumber,
  quantity: optionalNumber,
  coupon: optionalText,
  position: optionalNumber,
  url: optionalText,
  image_url: optionalText,
};

/**
 * One of the `products` of an order, a cart or a list. Lists never reach a journey, so numeric ids
 * and prices sent as strings are accepted.
 */
const product = z.looseObject({
  product_id: optionalTextOrNumber,
  sku: optionalTextOrNumber,
  category: optionalText,
  name: optionalText,
  brand: optionalText,
  variant: optionalTextOrNumber,
  price: optionalTextOrNumber,
  quantity: optionalTextOrNumber,
  coupon: optionalText,
  position: optionalTextOrNumber,
  url: optionalText,
  image_url: optionalText,
});

export const optionalProducts = z.array(product).nullish();
