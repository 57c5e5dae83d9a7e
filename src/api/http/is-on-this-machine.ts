import type { Request } from 'express';

/**
 * Whether a request comes from a browser on this machine and was addressed to this machine: not
 * through a proxy, and not from a page whose host name was pointed here (DNS rebinding).
 */
export function isOnThisMachine(request: Request): boolean {
  const address = request.socket.remoteAddress ?? '';
  const { host = '', forwarded, 'x-forwarded-for': forwardedFor } = request.headers;
  return (
    /^(?:::ffff:)?127\.|^::1$/.test(address) &&
    /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(host) &&
    forwarded === undefined &&
    forwardedFor === undefined
  );
}
