import { existsSync, readFileSync } from 'node:fs';
import { assertPortFree, freePort, isPortFree } from './ports';

/**
 * The given port, or the one that `file` has from the last start, so that addresses remain valid, or a
 * free one.
 */
export async function choosePort(port: number | undefined, file: string): Promise<number> {
  if (port) {
    await assertPortFree(port, 'the port of the embedded database');
    return port;
  }
  const remembered = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  return remembered > 0 && (await isPortFree(remembered)) ? remembered : await freePort();
}
