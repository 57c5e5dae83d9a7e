import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { assertPortFree, isPortFree } from '../../src/embedded/processes/ports';
import { PORTS, type ClusterPorts } from './server-config';

/**
 * The server keeps membership ports in a smallint column, which ends at 32767. Most systems give
 * out ports of their own from there upwards, so nobody is likely to be faster on one below.
 */
const FIRST = 10_000;
const LAST = 32_767;
const TRIES = 100;

/**
 * A port for each part of the server: those that `file` remembers from the last start where they are
 * still free, so that addresses noted elsewhere stay good, or else free ones.
 */
export async function choosePorts(
  file: string,
  frontend: number | undefined,
): Promise<ClusterPorts> {
  if (frontend) await assertPortFree(frontend, 'the port of the Temporal cluster');
  const remembered = rememberedPorts(file);
  const chosen = new Map<string, number>();
  if (frontend) chosen.set('frontend', frontend);
  for (const name of PORTS) {
    if (chosen.has(name)) continue;
    const taken = [...chosen.values()];
    chosen.set(name, await portBesides(taken, remembered[name]));
  }
  const ports = Object.fromEntries(chosen) as ClusterPorts;
  writeFileSync(file, JSON.stringify(ports, undefined, 2), { mode: 0o600 });
  return ports;
}

async function portBesides(taken: readonly number[], first: number | undefined): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = tries === 0 && first !== undefined ? first : randomInt(FIRST, LAST + 1);
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
  throw new Error(
    `Found no free port from ${FIRST} to ${LAST} on 127.0.0.1 in ${TRIES} tries: expected one for ` +
      'each part of the Temporal cluster. Stop what listens there.',
  );
}

function rememberedPorts(file: string): Partial<ClusterPorts> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<ClusterPorts>;
  } catch {
    return {}; // A first start, or a file that was cut off: other ports are as good.
  }
}
