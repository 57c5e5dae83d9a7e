/** The sender of the shop's messages. */
export const brand = {
  name: 'Marlow & Finch',
  home: 'https://shop.example',
  /** Marketing mail must contain the sender's postal address. */
  postalAddress: 'Marlow & Finch, 12 Garden Row, Bath BA1 2QT, United Kingdom',
} as const;
