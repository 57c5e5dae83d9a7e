import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { newId } from '../../db/new-id';
import { exportCustomer } from '../../privacy/export-customer';
import type { ApiDeps } from '../api-deps';

/** Streams the ZIP, and records the request, which is done when the last byte has been sent. */
export async function sendExport(
  { db, clock }: Pick<ApiDeps, 'db' | 'clock'>,
  { customerId, source }: { readonly customerId: string; readonly source: string },
  request: Request,
  response: Response,
): Promise<void> {
  const now = clock.now();
  response.set({
    'Content-Type': 'application/zip',
    'Content-Disposition': `attachment; filename="customer-${now.toISOString().slice(0, 10)}.zip"`,
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const { tables, zip } = await exportCustomer(db, customerId, now);
  const result = JSON.stringify({ rows: Object.fromEntries(tables) });
  const id = newId();
  await db
    .insertInto('privacy_requests')
    .values({
      id,
      customer_id: customerId,
      kind: 'export',
      source,
      status: 'running',
      requested_at: now,
      result,
    })
    .execute();
  try {
    await pipeline(zip, response);
  } catch (error) {
    if (isAborted(error)) return; // the client disconnected; the request stays open
    throw error;
  }
  await db
    .updateTable('privacy_requests')
    .set({ status: 'done', done_at: clock.now(), result })
    .where('kind', '=', 'export')
    .where('customer_id', '=', customerId)
    .where((where) => where.or([where('id', '=', id), where('status', '=', 'open')]))
    .execute();
}

function isAborted(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
