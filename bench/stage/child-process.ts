import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { AnswerMessage, CallTable } from './answer-calls';
import type { MemoryCalls } from './tell-memory';
import { until } from './until';

/** A process that is measured, or that makes the load. */
export interface BenchProcess {
  readonly name: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ChildOptions {
  /** Names the process in the figures: `api`, `worker`, `client` ... */
  readonly name: string;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

/** A child that answers calls, as `answerCalls` sets it up. */
export interface Child<Table extends CallTable, Facts> extends BenchProcess {
  readonly facts: Facts;
  call<Name extends keyof Table & string>(
    name: Name,
    input: Parameters<Table[Name]>[0],
  ): ReturnType<Table[Name]>;
}

/** A command of the product, which tells its memory when it is asked. */
export type Command = Omit<Child<MemoryCalls, unknown>, 'facts'>;

const READY_MS = 120_000;
const STOP_MS = 10_000;

/** Forks a script of ours and resolves once it says that it is ready. */
export async function startChild<Table extends CallTable, Facts>(
  script: string,
  settings: object,
  options: ChildOptions,
): Promise<Child<Table, Facts>> {
  const { child, gone } = launch([script, JSON.stringify(settings)], options);
  const facts = new Promise<unknown>((resolve) => {
    child.on('message', (message: AnswerMessage) => {
      if ('ready' in message) resolve(message.facts);
    });
  });
  return {
    ...callable<Table>(child, gone, options),
    facts: (await Promise.race([facts, gone, tooLate(options)])) as Facts,
  };
}

/** Starts a command of the product and resolves once what it said answers to `ready`. */
export async function startCommand(
  args: readonly string[],
  options: ChildOptions,
  ready: (said: string) => boolean,
): Promise<Command> {
  const preload = ['--require', require.resolve('./tell-memory')];
  const { child, gone } = launch([...preload, ...args], options);
  const told = until(`the process '${options.name}'`, () => readyIn(options, ready), {
    seconds: READY_MS / 1000,
  });
  await Promise.race([told, gone]);
  return callable<MemoryCalls>(child, gone, options);
}

function readyIn({ logFile }: ChildOptions, ready: (said: string) => boolean): Promise<boolean> {
  return Promise.resolve(ready(readFileSync(logFile, 'utf8')));
}

function launch(args: readonly string[], options: ChildOptions) {
  const log = openSync(options.logFile, 'a');
  const child = spawn(process.execPath, ['--expose-gc', ...(options.nodeOptions ?? []), ...args], {
    env: { NODE_ENV: 'production', ...options.env },
    stdio: ['ignore', log, log, 'ipc'],
    // A group of its own: Ctrl-C reaches the bench alone, which stops the rest in its order.
    detached: true,
  });
  closeSync(log);
  const gone = goneOf(child, options).then((error) => Promise.reject(error));
  gone.catch(() => undefined); // a process that is stopped is no failure
  return { child, gone };
}

function callable<Table extends CallTable>(
  child: ChildProcess,
  gone: Promise<never>,
  options: ChildOptions,
): Omit<Child<Table, unknown>, 'facts'> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  gone.catch((error: Error) => {
    for (const each of waiting.values()) each.reject(error);
  });
  child.on('message', (message: AnswerMessage) => {
    if ('ready' in message) return;
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) asked?.reject(new Error(`${options.name}: ${message.error}`));
    else asked?.resolve(message.result);
  });
  let calls = 0;
  return {
    name: options.name,
    pid: child.pid as number,
    call: ((call: string, input: unknown) =>
      new Promise<unknown>((resolve, reject) => {
        const id = ++calls;
        waiting.set(id, { resolve, reject });
        child.send({ id, call, input });
      })) as Child<Table, unknown>['call'],
    stop: () => stopChild(child),
  };
}

async function goneOf(child: ChildProcess, { name, logFile }: ChildOptions): Promise<Error> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  const said = readFileSync(logFile, 'utf8').slice(-2_000);
  return new Error(`The process '${name}' ended (${signal ?? `code ${code}`}). It said:\n${said}`);
}

function tooLate({ name, logFile }: ChildOptions): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      const said = readFileSync(logFile, 'utf8').slice(-2_000);
      reject(new Error(`'${name}' was not ready in ${READY_MS / 1000} s. It said:\n${said}`));
    }, READY_MS).unref();
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGCONT'); // a process that a case holds still could not end
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(impatient);
}
