import { randomUUID } from 'node:crypto';
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';

import type { SearchAttributeKind } from '../../src/embedded/temporal/temporal-dev-server';

const { IndexedValueType } = temporal.api.enums.v1;
const GRPC_ALREADY_EXISTS = 6;
const CALL_MS = 10_000;

/** Each kind with its name in Temporal's protocol, and a value of it to try it with. */
const KINDS = {
  Text: { type: IndexedValueType.INDEXED_VALUE_TYPE_TEXT, sample: 'ready' },
  Keyword: { type: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, sample: 'ready' },
  Int: { type: IndexedValueType.INDEXED_VALUE_TYPE_INT, sample: 1 },
  Double: { type: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE, sample: 1.5 },
  Bool: { type: IndexedValueType.INDEXED_VALUE_TYPE_BOOL, sample: true },
  Datetime: { type: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME, sample: new Date(0) },
  KeywordList: { type: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST, sample: 'ready' },
} as const satisfies Record<SearchAttributeKind, unknown>;

export interface ClusterNamespace {
  readonly address: string;
  readonly namespace: string;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeKind>>;
}

/**
 * Registers the namespace and its search attributes where they are missing, and proves that a
 * workflow with them can be started: one is, and is deleted again.
 *
 * @throws as long as the server is not that far
 */
export async function openNamespace(options: ClusterNamespace): Promise<void> {
  const { address, namespace, searchAttributes } = options;
  const connection = await Connection.connect({ address, connectTimeout: '2s' });
  try {
    await connection.withDeadline(Date.now() + CALL_MS, async () => {
      await register(connection, namespace);
      await addSearchAttributes(connection, options);
      const workflowId = `ready-${randomUUID()}`;
      const client = new Client({ connection, namespace });
      await client.workflow.start('ready', {
        workflowId,
        taskQueue: 'ready',
        searchAttributes: Object.fromEntries(
          Object.entries(searchAttributes).map(([name, kind]) => [name, [KINDS[kind].sample]]),
        ),
      } as Parameters<typeof client.workflow.start>[1]);
      await connection.workflowService.deleteWorkflowExecution({
        namespace,
        workflowExecution: { workflowId },
      });
    });
  } finally {
    await connection.close();
  }
}

async function register(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
  } catch (error) {
    if (isGrpcServiceError(error) && (error.code as number) === GRPC_ALREADY_EXISTS) return;
    throw error;
  }
}

async function addSearchAttributes(
  connection: Connection,
  { namespace, searchAttributes }: ClusterNamespace,
): Promise<void> {
  const { operatorService } = connection;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, kind]) => [name, KINDS[kind].type])),
  });
}
