import { z } from 'zod';

import { optionalNumber, optionalPersonalText, optionalText, requiredId } from './fields';
import { optionalTextOrNumber } from './fields';
import { optionalProducts, productProperties } from './product';

const orderProperties = {
  /** Missing in Segment's own examples, so a journey must handle its absence. */
  order_id: requiredId.nullish(),
  checkout_id: optionalText,
  affiliation: optionalText,
  /** Revenue with discounts, shipping and tax. */
  total: optionalNumber,
  subtotal: optionalNumber,
  value: optionalNumber,
  /** Without shipping and tax. */
  revenue: optionalNumber,
  shipping: optionalNumber,
  tax: optionalNumber,
  discount: optionalNumber,
  coupon: optionalText,
  currency: optionalText,
  email: optionalPersonalText,
  products: optionalProducts,
};

const order = z.looseObject(orderProperties);

const product = z.looseObject(productProperties);

const cartProduct = z.looseObject({ cart_id: optionalText, ...productProperties });

const wishlistProduct = z.looseObject({
  wishlist_id: optionalText,
  wishlist_name: optionalText,
  ...productProperties,
});

const promotion = z.looseObject({
  promotion_id: optionalText,
  creative: optionalText,
  name: optionalText,
  position: optionalTextOrNumber,
});

const checkoutStep = z.looseObject({
  checkout_id: optionalText,
  step: optionalNumber,
  shipping_method: optionalText,
  payment_method: optionalText,
});

const coupon = z.looseObject({
  order_id: optionalText,
  cart_id: optionalText,
  coupon_id: optionalText,
  coupon_name: optionalText,
  coupon: optionalText,
  discount: optionalNumber,
});

const sorting = z.array(z.looseObject({ type: optionalText, value: optionalText })).nullish();

/** What was shared with whom: the recipient and the message are personal. */
const sharing = {
  share_via: optionalText,
  share_message: optionalPersonalText,
  recipient: optionalPersonalText,
};

/**
 * Segment's e-commerce vocabulary, version 2, by its exact event names
 * (https://segment.com/docs/connections/spec/ecommerce/v2/).
 */
export const commerceEvents = {
  'Products Searched': z.looseObject({
    query: z.union([z.string(), z.looseObject({})]).nullish(),
  }),
  'Product List Viewed': z.looseObject({
    list_id: optionalText,
    category: optionalText,
    products: optionalProducts,
  }),
  'Product List Filtered': z.looseObject({
    list_id: optionalText,
    category: optionalText,
    filters: sorting,
    sorts: sorting,
    products: optionalProducts,
  }),
  'Promotion Viewed': promotion,
  'Promotion Clicked': promotion,
  'Product Clicked': product,
  'Product Viewed': z.looseObject({
    ...productProperties,
    currency: optionalText,
    value: optionalNumber,
  }),
  'Product Added': cartProduct,
  'Product Removed': cartProduct,
  'Cart Viewed': z.looseObject({ cart_id: optionalText, products: optionalProducts }),
  'Checkout Started': z.looseObject({ ...orderProperties, order_id: optionalText }),
  'Checkout Step Viewed': checkoutStep,
  'Checkout Step Completed': checkoutStep,
  'Payment Info Entered': z.looseObject({ ...checkoutStep.shape, order_id: optionalText }),
  'Order Updated': order,
  'Order Completed': order,
  'Order Refunded': order,
  'Order Cancelled': order,
  'Coupon Entered': coupon,
  'Coupon Applied': coupon,
  'Coupon Denied': z.looseObject({ ...coupon.shape, reason: optionalText }),
  'Coupon Removed': coupon,
  'Product Added to Wishlist': wishlistProduct,
  'Product Removed from Wishlist': wishlistProduct,
  'Wishlist Product Added to Cart': z.looseObject({
    ...wishlistProduct.shape,
    cart_id: optionalText,
  }),
  'Product Shared': z.looseObject({ ...sharing, ...productProperties }),
  'Cart Shared': z.looseObject({ ...sharing, cart_id: optionalText, products: optionalProducts }),
  'Product Reviewed': z.looseObject({
    product_id: optionalText,
    review_id: optionalText,
    review_body: optionalPersonalText,
    rating: optionalTextOrNumber,
  }),
} as const;
