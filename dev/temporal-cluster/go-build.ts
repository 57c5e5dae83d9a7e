import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Log } from '../../src/embedded/processes/log';

export interface GoTools {
  readonly go: string;
  /** Where there is one, a build leaves the processor to everything else. */
  readonly nice: string | undefined;
  /** Ends what runs. */
  readonly signal?: AbortSignal | undefined;
  readonly log: Log;
}

export interface Command {
  /** The folder that holds the module's source. */
  readonly moduleFolder: string;
  /** The package of the command inside the module: `./cmd/server`. */
  readonly source: string;
  /** The file that it is built into. */
  readonly target: string;
}

const TOLD_EVERY_MS = 15_000;
const LINES_KEPT = 30;
/** What `go build` writes besides progress begins with this, or is indented below it. */
const DOWNLOADING = 'go: downloading ';

/** Downloads a module (`path@version`) with its checksum verified, and says where its source lies. */
export async function moduleFolder(tools: GoTools, module: string, cwd: string): Promise<string> {
  const answer = await runGo(tools, ['mod', 'download', '-json', module], cwd, () => undefined);
  const { Dir: folder } = JSON.parse(answer) as { readonly Dir?: string };
  if (folder === undefined) {
    throw new Error(
      `Go downloaded ${module} and named no folder: expected one. It said:\n${answer}`,
    );
  }
  return folder;
}

/** Builds one command of a module, and tells every some seconds how far it is. */
export async function buildCommand(tools: GoTools, command: Command): Promise<void> {
  const flags = ['-v', '-p', '2', '-mod=readonly', '-trimpath', '-buildvcs=false'];
  let downloaded = 0;
  let compiled = 0;
  const told = setInterval(() => {
    tools.log(
      `Building ${command.source}: ${downloaded} modules downloaded, ${compiled} packages compiled.`,
    );
  }, TOLD_EVERY_MS);
  try {
    await runGo(
      tools,
      ['build', ...flags, '-ldflags', '-s -w', '-o', command.target, command.source],
      command.moduleFolder,
      (line) => {
        if (line.startsWith(DOWNLOADING)) downloaded += 1;
        else compiled += 1;
      },
    );
  } finally {
    clearInterval(told);
  }
}

/** Runs Go to its end, hands over what it writes beside its answer, and returns its answer. */
async function runGo(
  { go, nice, signal }: GoTools,
  args: readonly string[],
  cwd: string,
  onLine: (line: string) => void,
): Promise<string> {
  const [program, before] = nice === undefined ? [go, []] : [nice, ['-n', '19', go]];
  const child = spawn(program, [...before, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
    killSignal: 'SIGINT',
  });
  let answer = '';
  const last: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  createInterface({ input: child.stderr }).on('line', (line) => {
    onLine(line);
    last.push(line);
    if (last.length > LINES_KEPT) last.shift();
  });
  const how = await new Promise<string | undefined>((resolve, reject) => {
    let failure: Error | undefined;
    // Only its end counts: after an abort it still runs for a moment.
    child.once('error', (error) => {
      failure = error;
      if (child.pid === undefined) reject(error);
    });
    child.once('close', (code, by) => {
      if (failure !== undefined) reject(failure);
      else resolve(code === 0 ? undefined : (by ?? `code ${code}`));
    });
  });
  if (how === undefined) return answer;
  const said = [...last, answer.trim()].join('\n').trim();
  throw new Error(
    `go ${args.join(' ')} failed (${how}) in ${cwd}: expected a build. Correct what it names, such ` +
      `as Go's version (go version) or the way to its module proxy (go env GOPROXY). It said:\n${said}`,
  );
}
