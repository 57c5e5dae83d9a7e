import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import type { AnswerMessage, CallTable } from './answer-calls';

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

const READY_MS = 120_000;
const STOP_MS = 10_000;

/** Forks a script of ours and resolves once it says that it is ready. */
export async function startChild<Table extends CallTable, Facts>(
  script: string,
  settings: object,
  options: ChildOptions,
): Promise<Child<Table, Facts>> {
  const log = openSync(options.logFile, 'a');
  const child = fork(script, [JSON.stringify(settings)], {
    env: { NODE_ENV: 'production', ...options.env },
    execArgv: [...(options.nodeOptions ?? [])],
    stdio: ['ignore', log, log, 'ipc'],
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const gone = goneOf(child, options);
  void gone.then((error) => {
    for (const each of waiting.values()) each.reject(error);
  });
  let calls = 0;
  const facts = await Promise.race([
    new Promise<unknown>((resolve) => {
      child.on('message', (message: AnswerMessage) => {
        if ('ready' in message) return resolve(message.facts);
        const asked = waiting.get(message.id);
        waiting.delete(message.id);
        if ('error' in message) asked?.reject(new Error(`${options.name}: ${message.error}`));
        else asked?.resolve(message.result);
      });
    }),
    gone.then((error) => Promise.reject(error)),
    tooLate(options),
  ]);
  return {
    name: options.name,
    pid: child.pid as number,
    facts: facts as Facts,
    call: ((call: string, input: unknown) =>
      new Promise<unknown>((resolve, reject) => {
        const id = ++calls;
        waiting.set(id, { resolve, reject });
        child.send({ id, call, input });
      })) as Child<Table, Facts>['call'],
    stop: () => stopChild(child),
  };
}

/** Starts a command of the product and resolves once `ready` answers true. */
export async function startCommand(
  args: readonly string[],
  options: ChildOptions,
  ready: (said: string) => Promise<boolean> | boolean,
): Promise<BenchProcess> {
  const log = openSync(options.logFile, 'a');
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), ...args], {
    env: { NODE_ENV: 'production', ...options.env },
    stdio: ['ignore', log, log],
    // A group of its own: Ctrl-C reaches the bench alone, which stops the rest in its order.
    detached: true,
  });
  const gone = goneOf(child, options);
  let failure: Error | undefined;
  void gone.then((error) => (failure = error));
  const deadline = Date.now() + READY_MS;
  while (!(await ready(readFileSync(options.logFile, 'utf8')))) {
    if (failure !== undefined) throw failure;
    if (Date.now() > deadline) await tooLate(options, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { name: options.name, pid: child.pid as number, stop: () => stopChild(child) };
}

async function goneOf(child: ChildProcess, { name, logFile }: ChildOptions): Promise<Error> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  const said = readFileSync(logFile, 'utf8').slice(-2_000);
  return new Error(`The process '${name}' ended (${signal ?? `code ${code}`}). It said:\n${said}`);
}

function tooLate({ name, logFile }: ChildOptions, after = READY_MS): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      const said = readFileSync(logFile, 'utf8').slice(-2_000);
      reject(new Error(`'${name}' was not ready in ${READY_MS / 1000} s. It said:\n${said}`));
    }, after).unref();
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
