import { z } from 'zod';
import { answer } from '../contract/answers';
import { reply, route } from '../contract/route';

export const getHealth = route({
  method: 'GET',
  path: '/healthz',
  id: 'getHealth',
  group: 'System',
  summary: 'Whether the process runs',
  roles: 'everybody',
  // Probes of load balancers may add parameters.
  otherQuery: 'ignored',
  answers: { 200: answer('It runs.', z.strictObject({ status: z.literal('ok') })) },
  audit: 'none',
  handle: () => reply(200, { status: 'ok' }),
});

export const getReadiness = route({
  method: 'GET',
  path: '/readyz',
  id: 'getReadiness',
  group: 'System',
  summary: 'Whether events can be accepted and journeys run',
  roles: 'everybody',
  // Probes of load balancers may add parameters.
  otherQuery: 'ignored',
  answers: {
    200: answer('Ready.', z.strictObject({ ready: z.literal(true) })),
    503: answer(
      'Not ready yet.',
      z.strictObject({ ready: z.literal(false), missing: z.array(z.string()) }),
    ),
  },
  audit: 'none',
  handle: async ({ readiness }) => {
    const missing = await readiness().catch((error: unknown) => [
      `the readiness check failed (${error instanceof Error ? error.name : 'unknown'})`,
    ]);
    return missing.length === 0
      ? reply(200, { ready: true })
      : reply(503, { ready: false, missing }, { 'Retry-After': '1' });
  },
});
