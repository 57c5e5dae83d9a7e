import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client, Connection } from '@temporalio/client';
import { answerCalls } from '../stage/answer-calls';

// Where the bare journeys are started and signalled: the client's calls and nothing around them.

export interface GatewaySettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
}

export interface GatewayFacts {
  readonly port: number;
}

export interface GatewayRequest {
  readonly key: string;
  /** The workflow to start; without it, the one of this key is signalled. */
  readonly start?: BareWorkflow;
}

export type BareWorkflow = 'bareJourney' | 'bareReactor' | 'bareParked' | 'bareOnce' | 'bareTwice';

async function main({ address, namespace, taskQueue }: GatewaySettings): Promise<void> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });

  async function take({ key, start }: GatewayRequest): Promise<void> {
    if (start === undefined) await client.workflow.getHandle(key).signal('wake', 'Order Completed');
    else await client.workflow.start(start, { workflowId: key, taskQueue, args: [key] });
  }

  const server = createServer((request, response) => {
    void text(request)
      .then((body) => take(JSON.parse(body) as GatewayRequest))
      .then(
        () => response.end('{"success":true}'),
        (error: unknown) => {
          response.statusCode = 500;
          response.end(String(error));
        },
      );
  });
  server.listen(0, '127.0.0.1', () => {
    answerCalls({}, { port: (server.address() as AddressInfo).port });
  });
}

void main(JSON.parse(process.argv[2] ?? '{}') as GatewaySettings);
