import type { Config } from '../config';
import { startEmbedded } from '../roles/embedded';
import { say } from './say';
import { untilSignal } from './until-signal';

/** `throughline start`: runs the whole system until Ctrl-C. */
export async function start(config: Config): Promise<void> {
  const system = await startEmbedded(config, say);
  const lines = [
    ['API', system.url],
    ['write key', system.keys.write],
    ['admin key', system.keys.admin],
    ...(system.temporalUiUrl === null ? [] : [['Temporal Web UI', system.temporalUiUrl]]),
    ...(system.keepsMails ? [['mails', `${system.url}/mailbox`]] : []),
    ['state', config.THROUGHLINE_HOME],
  ] as const;
  process.stdout.write(
    '\nThroughline runs. Ctrl-C stops it; the next start continues with this state.\n\n',
  );
  for (const [name = '', value = ''] of lines) {
    process.stdout.write(`  ${name.padEnd(16)} ${value}\n`);
  }
  process.stdout.write('\n');
  await untilSignal([system.failed], [() => system.stop()], say);
}
