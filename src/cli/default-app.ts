import type { Config } from '../config';

/** The sample shop: the application of the demo, and of every command if none is named. */
export const DEFAULT_APP = require.resolve('../workflows/app');

export function withDefaultApp(config: Config): Config {
  return { ...config, THROUGHLINE_APP: config.THROUGHLINE_APP ?? DEFAULT_APP };
}
