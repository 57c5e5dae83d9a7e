/* oxlint-disable typescript/no-require-imports -- Each command loads its modules when it runs, since
   creating a key needs no workflow engine. `import()` would need the names of compiled files. */

/** Loads the implementation of a command. */
export const load = {
  start: () => require('./start') as typeof import('./start'),
  api: () => require('./api') as typeof import('./api'),
  relay: () => require('./relay') as typeof import('./relay'),
  worker: () => require('./worker') as typeof import('./worker'),
  deploy: () => require('./deploy') as typeof import('./deploy'),
  migrate: () => require('./migrate') as typeof import('./migrate'),
  why: () => require('./why') as typeof import('./why'),
  demo: () => require('./demo/demo') as typeof import('./demo/demo'),
  import: () => require('./import') as typeof import('./import'),
  export: () => require('./export') as typeof import('./export'),
  keys: () => require('./keys') as typeof import('./keys'),
};
