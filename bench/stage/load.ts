import { join } from 'node:path';
import type { LoadCalls, LoadFacts } from '../load/main';
import { startChild, type Child } from './child-process';
import type { StageBase } from './stage-base';

/** The process that makes the load and takes the times, the same one for both sides. */
export type Load = Child<LoadCalls, LoadFacts>;

export async function startLoad(
  stage: Pick<StageBase, 'folder' | 'environment' | 'onClose'>,
): Promise<Load> {
  const load = await startChild<LoadCalls, LoadFacts>(
    require.resolve('../load/main'),
    {},
    { name: 'load', logFile: join(stage.folder, 'load.log'), env: stage.environment },
  );
  stage.onClose(() => load.stop());
  return load;
}
