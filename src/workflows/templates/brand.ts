/** The shop that the shipped templates speak for; make it yours. */
export const brand = {
  name: 'Marlow & Finch',
  home: 'https://shop.example',
  /** Senders of marketing mail must say where they are. */
  postalAddress: 'Marlow & Finch, 12 Garden Row, Bath BA1 2QT, United Kingdom',
} as const;
