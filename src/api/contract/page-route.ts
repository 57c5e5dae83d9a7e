import { z } from 'zod';
import { page } from './answers';
import { document } from './json-schema';

/** What all pages behind the links in messages have in common. */
export const CUSTOMER_PAGE = {
  group: 'Pages for customers',
  roles: 'everybody',
  // Mail programs and trackers add parameters of their own to links.
  otherQuery: 'ignored',
  query: {
    lang: document(z.unknown(), {
      type: 'string',
      description: 'The language of the page: `en`, `de` or `fr`. Anything else is ignored.',
    }).optional(),
  },
  errorFormat: 'page',
} as const;

/** The signed token of a link. */
export const TOKEN = z.string().meta({ description: 'The token of the link in a message.' });

export const LINK_PAGES = {
  200: page('The page.'),
  400: page('A page that says what is wrong with the link or with the form.'),
  410: page('A page that says that the link has expired or was used, and what to do.'),
} as const;
