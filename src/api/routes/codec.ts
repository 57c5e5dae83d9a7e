import type { PayloadCodec } from '@temporalio/common';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { RequestError } from '../../domain/errors';
import { PayloadErased } from '../../privacy/payload-codec';
import { audit } from '../auth/audit';
import { requireKey } from '../auth/check-key';
import { answer, page } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { reply, route, SENT, type Route } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { isOnThisMachine } from '../http/is-on-this-machine';
import { html } from '../pages/html';
import { sendPage } from '../pages/layout';

/** Payloads as Temporal's tools send them: JSON, with bytes in base64. */
const payloads = z.looseObject({
  payloads: z
    .array(
      z.looseObject({
        metadata: z.record(z.string(), z.string()).optional(),
        data: z.string().optional(),
      }),
    )
    .max(10_000),
});

type SentPayload = z.output<typeof payloads>['payloads'][number];

const MAX_BYTES = 16 * 1024 * 1024;

const available = ({ codec }: RouteDeps) => codec !== undefined;

/** On the machine of an embedded system the codec needs no key. */
const authorise = (deps: RouteDeps): RequestHandler => {
  const isAdmin = requireKey(deps.keys, ['admin']);
  return async (request, response, next) => {
    if (deps.temporalUiUrl !== null && isOnThisMachine(request)) next();
    else await isAdmin(request, response, next);
  };
};

function codecRoute(way: 'encode' | 'decode'): Route {
  return route({
    method: 'POST',
    path: `/codec/${way}`,
    id: `${way}Payloads`,
    group: 'System',
    summary:
      way === 'decode'
        ? "Decrypt payloads, for Temporal's Web UI and command line"
        : "Encrypt payloads, for Temporal's command line",
    roles: ['admin'],
    keyless: 'On the machine of an embedded system no key is needed.',
    body: jsonBody(payloads, { maxBytes: MAX_BYTES }),
    answers: { 200: answer('The translated payloads, in their order.', payloads) },
    errors: { 403: ['unknown-origin'] },
    audit: 'handler',
    available,
    authorise,
    cors: ({ codecOrigins }) => ({
      apply: allowOrigins(codecOrigins ?? []),
      preflight: (_request, response) => void response.status(204).end(),
    }),
    handle: async ({ db, codec }, { body, raw }) => {
      const given = body.payloads;
      await audit(db, raw, null, { detail: { payloads: given.length } });
      const translated = await Promise.all(
        given.map((each) => translateOne(codec as PayloadCodec, way, each)),
      );
      return reply(200, { payloads: translated });
    },
  });
}

/**
 * The codec endpoint of Temporal's Web UI and command line, where payloads are encrypted. Reading a
 * history there needs the admin key here; a browser sends it with each request after it has been
 * entered at `/codec`.
 */
export const CODEC_ROUTES: readonly Route[] = [
  codecRoute('encode'),
  codecRoute('decode'),
  route({
    method: 'GET',
    path: '/codec',
    id: 'openCodec',
    group: 'System',
    summary: 'Let this browser decrypt payloads in the Temporal Web UI',
    roles: ['admin'],
    answers: { 200: page('The browser has the key.') },
    audit: 'none',
    available,
    handle: (_deps, { response }) => {
      const body = html`<p>
        This browser can now show payloads in the Temporal Web UI, until you close it.
      </p>`;
      sendPage(response, { title: 'Codec', body });
      return SENT;
    },
  }),
];

/** Allows only pages of these origins. */
function allowOrigins(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.set('Vary', 'Origin');
    if (origin === undefined) {
      next(); // a command line, not a page
      return;
    }
    if (!origins.includes(origin)) {
      throw new RequestError(
        'forbidden',
        'unknown-origin',
        'Found a page that may not decode payloads; add its origin to THROUGHLINE_CODEC_ORIGINS.',
      );
    }
    response.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': 'POST, OPTIONS',
      'Access-Control-Allow-Headers': 'Content-Type, X-Namespace, Authorization',
      'Access-Control-Max-Age': '600',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    next();
  };
}

/** A payload that cannot be decrypted is replaced by a text that says so. */
async function translateOne(
  codec: PayloadCodec,
  way: 'encode' | 'decode',
  sent: SentPayload,
): Promise<SentPayload> {
  const payload = {
    metadata: Object.fromEntries(
      Object.entries(sent.metadata ?? {}).map(([name, value]) => [
        name,
        Buffer.from(value, 'base64'),
      ]),
    ),
    data: Buffer.from(sent.data ?? '', 'base64'),
  };
  try {
    const [done = payload] = await codec[way]([payload]);
    return {
      metadata: Object.fromEntries(
        Object.entries(done.metadata ?? {}).map(([name, value]) => [name, base64(value)]),
      ),
      data: base64(done.data ?? new Uint8Array()),
    };
  } catch (error) {
    if (way === 'encode' || !isUnreadable(error)) throw error;
    const words = error instanceof PayloadErased ? '[erased]' : '[cannot be decrypted]';
    return {
      metadata: { encoding: base64(Buffer.from('json/plain')) },
      data: base64(Buffer.from(JSON.stringify(words))),
    };
  }
}

/** Whether the payload is at fault, and not the database. */
function isUnreadable(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === undefined;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
