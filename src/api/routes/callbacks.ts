import type { RequestHandler } from 'express';
import { receiveCallback, unknownProvider } from '../../callbacks/receive-callback';
import { DEFAULT_MAX_CALLBACK_BYTES, type CallbackRequest } from '../../channels/callbacks';
import type { ChannelProvider } from '../../channels/channel';
import { file } from '../contract/answers';
import { pathText } from '../contract/inputs';
import { route, SENT, type Route } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { readBytes } from '../http/read-body';

const PATH = '/v1/callbacks/:provider';

const common = {
  path: PATH,
  group: 'System',
  roles: 'everybody',
  // Providers add parameters of their own, which their signatures cover.
  otherQuery: 'ignored',
  audit: 'none',
} as const;

const params = { provider: pathText('The name of a provider that is set up.', 'acme-fax') };
const answers = {
  200: file(
    'How many events were accepted, had been reported before, and were ignored; or the answer that the provider expects.',
    'application/json',
    'text/plain',
    'application/xml',
  ),
};

export const postCallback = route({
  ...common,
  method: 'POST',
  id: 'postCallback',
  summary: "A provider's report on messages, or a message that it received from a customer",
  description:
    'The provider signs the request; no key is needed. A repeated event has no effect. A report on a message whose delivery is not recorded yet is refused with 503, so that the provider repeats it.',
  params,
  answers,
  errors: {
    400: ['malformed-callback', 'aborted', 'wrong-length'],
    401: ['forged-callback', 'expired-callback'],
    404: ['unknown-provider'],
    413: ['body-too-large'],
    415: ['unsupported-encoding'],
    503: ['message-not-known-yet'],
  },
  admit: readBody,
  handle: (deps, { params: { provider }, raw, response }) => receive(deps, provider, raw, response),
});

export const getCallback = route({
  ...common,
  method: 'GET',
  id: 'getCallback',
  summary: 'The challenge by which a provider checks this address',
  params,
  answers,
  errors: { 400: ['malformed-callback'], 404: ['unknown-provider'] },
  handle: (deps, { params: { provider }, raw, response }) => receive(deps, provider, raw, response),
});

type Raw = Parameters<Route['handle']>[1];

async function receive(
  deps: RouteDeps,
  name: string,
  request: Raw['raw'],
  response: Raw['response'],
) {
  const provider = providerOf(deps, name);
  const now = deps.clock.now();
  const { settings, defaultLocale } = deps.centre;
  const inbound = {
    ...deps,
    brand: settings.brand ?? 'Throughline',
    ...(settings.replies !== undefined && { replies: settings.replies }),
    defaultLocale,
  };
  const outcome = await receiveCallback(inbound, provider, callbackRequest(deps, request), now);
  const {
    status,
    contentType = 'text/plain',
    body,
  } = 'answer' in outcome
    ? outcome.answer
    : {
        status: 200,
        contentType: 'application/json' as const,
        body: JSON.stringify(outcome.result),
      };
  response.status(status).type(contentType).send(body);
  return SENT;
}

/** Refuses an unknown provider, then reads the body up to the provider's own limit. */
function readBody(deps: RouteDeps): RequestHandler {
  return (request, response, next) => {
    const { callbacks } = providerOf(deps, String(request.params['provider']));
    readBytes(callbacks?.maxBytes ?? DEFAULT_MAX_CALLBACK_BYTES)(request, response, next);
  };
}

function providerOf({ callbackProviders }: RouteDeps, name: string): ChannelProvider {
  const provider = callbackProviders?.get(name);
  if (provider === undefined) throw unknownProvider(name);
  return provider;
}

function callbackRequest({ links }: RouteDeps, request: Raw['raw']): CallbackRequest {
  const body: unknown = request.body;
  const { originalUrl } = request;
  const query = originalUrl.includes('?') ? originalUrl.slice(originalUrl.indexOf('?')) : '';
  const provider = encodeURIComponent(String(request.params['provider']));
  return {
    method: request.method === 'POST' ? 'POST' : 'GET',
    url: new URL(`${links.publicUrl}${PATH.replace(':provider', provider)}${query}`),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]),
    ),
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}
