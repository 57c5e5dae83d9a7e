import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { App } from '../app';

/**
 * Loads the application from the module that THROUGHLINE_APP names, which exports `app`.
 *
 * @throws {Error} if the module cannot be loaded or exports no `app`
 */
export function loadApp(path: string | undefined): App {
  if (path === undefined) {
    throw new Error('THROUGHLINE_APP is not set; name the module that exports the application.');
  }
  const file = resolve(path);
  let module: { app?: App };
  try {
    module = createRequire(file)(file) as { app?: App };
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n');
    throw new Error(
      `THROUGHLINE_APP names ${file}, which cannot be loaded (${first}); expected a module that exports 'app'. Correct the path, or build the module first.`,
      { cause: error },
    );
  }
  if (module.app === undefined) {
    throw new Error(
      `THROUGHLINE_APP names ${file}, which exports no 'app'; export one made by defineApp from it.`,
    );
  }
  return module.app;
}
