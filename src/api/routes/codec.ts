import type { PayloadCodec } from '@temporalio/common';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { RequestError } from '../../domain/errors';
import { PayloadErased } from '../../privacy/payload-codec';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { audit } from '../auth/audit';
import { readBytes } from '../http/read-body';
import { readInput } from '../http/input';
import { requireKey } from '../auth/check-key';
import { isOnThisMachine } from '../http/is-on-this-machine';
import { html } from '../pages/html';
import { sendPage } from '../pages/layout';

type Deps = Pick<ApiDeps, 'db' | 'keys' | 'codec' | 'codecOrigins' | 'temporalUiUrl'>;

/** Payloads as Temporal's tools send them: JSON, with bytes in base64. */
const body = z.object({
  payloads: z
    .array(
      z.object({
        metadata: z.record(z.string(), z.string()).optional(),
        data: z.string().optional(),
      }),
    )
    .max(10_000),
});

type SentPayload = z.output<typeof body>['payloads'][number];

const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The codec endpoint of Temporal's Web UI and command line, where payloads are encrypted. Who may
 * read a history there needs the admin key here; a browser sends it with each request once it was
 * asked for it at `/codec`. On the machine of an embedded system nobody is asked.
 */
export function createCodecRoutes(deps: Deps): Router {
  const router = Router();
  const { codec } = deps;
  if (codec === undefined) return router;
  const isAdmin = requireKey(deps.keys, ['admin']);
  const mayDecode: RequestHandler = async (request, response, next) => {
    if (deps.temporalUiUrl !== null && isOnThisMachine(request)) next();
    else await isAdmin(request, response, next);
  };
  const cors = allowOrigins(deps.codecOrigins ?? []);
  const preflight: RequestHandler = (_request, response) => void response.status(204).end();
  for (const way of ['encode', 'decode'] as const) {
    addRoute(router, `/codec/${way}`, {
      options: [cors, preflight],
      post: [
        cors,
        mayDecode,
        readBytes(MAX_BYTES),
        (request, response) => translate(deps, codec, way, request, response),
      ],
    });
  }
  addRoute(router, '/codec', {
    get: [
      isAdmin,
      (_request, response) => {
        const words = html`<p>
          This browser may now show payloads in the Temporal Web UI, until it is closed.
        </p>`;
        sendPage(response, { title: 'Codec', body: words });
      },
    ],
  });
  return router;
}

/** Lets pages of these origins call, and none else. */
function allowOrigins(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.set('Vary', 'Origin');
    if (origin === undefined) {
      next(); // no page: a command line
      return;
    }
    if (!origins.includes(origin)) {
      throw new RequestError(
        'forbidden',
        'unknown-origin',
        'Found a page that may not decode payloads; name its origin in THROUGHLINE_CODEC_ORIGINS.',
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

async function translate(
  { db }: Deps,
  codec: PayloadCodec,
  way: 'encode' | 'decode',
  request: Request,
  response: Response,
): Promise<void> {
  const { payloads } = readInput(request, body);
  await audit(db, request, null, { detail: { payloads: payloads.length } });
  const translated = await Promise.all(payloads.map((each) => translateOne(codec, way, each)));
  response.json({ payloads: translated });
}

/** One that cannot be read stands beside those that can. */
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

/** A payload is at fault, and not the database. */
function isUnreadable(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === undefined;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
