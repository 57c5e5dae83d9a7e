import { connect } from 'node:net';

/**
 * Tells the load that a message of `key` has reached its provider, with the moment in milliseconds
 * of the clock that all processes of a machine share.
 */
export type ReportDelivery = (key: string) => void;

export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Opens the line to the load; both sides' workers report over one of their own. */
export async function openDeliveryReport(port: number): Promise<ReportDelivery> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return (key) => void socket.write(`${key} ${sharedNow()}\n`);
}
