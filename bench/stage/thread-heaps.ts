import { Session } from 'node:inspector/promises';

/** How long a thread may take to collect and to answer; one that is ending never does. */
const PATIENCE_MS = 10_000;

interface Answer {
  readonly id?: number;
  readonly result?: { readonly usedSize?: number };
}

/**
 * Collects the garbage of every worker thread of this process, such as those that run workflows, and
 * adds up the bytes of live objects in their heaps. Each has a heap of its own that only its own
 * inspector can see.
 */
export async function threadHeaps(): Promise<number> {
  const session = new Session();
  session.connect();
  const used: Promise<number>[] = [];
  session.on('NodeWorker.attachedToWorker', ({ params }) => {
    used.push(heapOf(session, params.sessionId));
  });
  try {
    // Tells of each thread before it answers.
    await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    return (await Promise.all(used)).reduce((sum, bytes) => sum + bytes, 0);
  } finally {
    session.disconnect();
  }
}

function heapOf(session: Session, sessionId: string): Promise<number> {
  const ask = (id: number, method: string) =>
    session.post('NodeWorker.sendMessageToWorker', {
      sessionId,
      message: JSON.stringify({ id, method }),
    });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(0), PATIENCE_MS);
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      if (params.sessionId !== sessionId) return;
      const { id, result } = JSON.parse(params.message) as Answer;
      if (id !== 2) return;
      clearTimeout(timer);
      resolve(result?.usedSize ?? 0);
    });
    ask(1, 'HeapProfiler.collectGarbage')
      .then(() => ask(2, 'Runtime.getHeapUsage'))
      .catch(reject);
  });
}
