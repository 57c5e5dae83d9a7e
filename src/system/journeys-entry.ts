import * as systemJourneys from './journeys';

// The bundler resolves this name to the application's workflows module; see roles/bundle-workflows.ts.
// oxlint-disable-next-line typescript/no-require-imports -- there is no such package
const application = require('throughline-application') as Readonly<Record<string, unknown>>;

/**
 * The module that workers bundle: the application's workflows and the engine's own journeys. A
 * journey of the application replaces one of the engine's that has the same name.
 */
module.exports = { ...systemJourneys, ...application };
