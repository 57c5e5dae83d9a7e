import { createHmac, timingSafeEqual } from 'node:crypto';
import { defineProvider, z, type Callbacks } from 'throughline/app';
import { sendFax } from './send-fax';

/** What the service reports: `{"id": "r-1", "fax": "acme-7", "state": "delivered", "at": "..."}`. */
const report = z.object({
  id: z.string(),
  fax: z.string(),
  state: z.enum(['delivered', 'no-answer', 'number-unused']),
  at: z.iso.datetime(),
});

function callbacks(secret: string): Callbacks {
  return {
    verify({ headers, body }) {
      const expected = createHmac('sha256', secret).update(body).digest();
      const given = Buffer.from(headers['x-acme-signature'] ?? '', 'hex');
      return given.length === expected.length && timingSafeEqual(given, expected)
        ? 'genuine'
        : {
            reason: 'forged',
            detail: 'Found a wrong X-Acme-Signature; compare ACME_FAX_SECRET with the service.',
          };
    },
    read({ body }) {
      const { id, fax, state, at } = report.parse(JSON.parse(body.toString()));
      const common = { id, at: new Date(at), about: { providerMessageId: fax }, reason: state };
      if (state === 'delivered') return [{ ...common, kind: 'delivered' }];
      const bounce = state === 'number-unused' ? 'hard' : 'soft';
      return [{ ...common, kind: 'bounced', bounce }];
    },
  };
}

/** Tried first; it reports what became of each fax. */
const acmeFax = defineProvider({
  name: 'acme-fax',
  channel: 'fax',
  settings: z.object({
    ACME_FAX_URL: z.url(),
    ACME_FAX_TOKEN: z.string(),
    ACME_FAX_SECRET: z.string(),
  }),
  idempotent: false,
  limits: { contentBytes: 20_000 },
  costOf: ({ content }) => 0.05 * Math.ceil((content?.text.length ?? 1) / 2_000),
  create: (settings) => ({
    deliver: (message, signal) =>
      sendFax({ url: settings.ACME_FAX_URL, token: settings.ACME_FAX_TOKEN }, message, signal),
  }),
  callbacks: (settings) => callbacks(settings.ACME_FAX_SECRET),
});

/** Sends what the first one cannot. */
const betaFax = defineProvider({
  name: 'beta-fax',
  channel: 'fax',
  settings: z.object({ BETA_FAX_URL: z.url(), BETA_FAX_TOKEN: z.string() }),
  idempotent: false,
  costOf: () => 0.09,
  create: (settings) => ({
    deliver: (message, signal) =>
      sendFax({ url: settings.BETA_FAX_URL, token: settings.BETA_FAX_TOKEN }, message, signal),
  }),
});

export const providers = [acmeFax, betaFax];
