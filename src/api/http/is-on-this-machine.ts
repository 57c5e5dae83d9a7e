import type { Request } from 'express';

/**
 * A browser on this machine that asked for this machine: neither what a proxy on it passes on, nor
 * a page whose host name was made to lead here.
 */
export function isOnThisMachine(request: Request): boolean {
  const address = request.socket.remoteAddress ?? '';
  const { host = '', forwarded, 'x-forwarded-for': passedOn } = request.headers;
  return (
    /^(?:::ffff:)?127\.|^::1$/.test(address) &&
    /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(host) &&
    forwarded === undefined &&
    passedOn === undefined
  );
}
