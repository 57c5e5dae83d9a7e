// Lets a plain `node` run our TypeScript, for tests that need a process of their own to kill:
//   node --conditions=source --require test/support/stack/typescript-hook.cjs script.ts
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    sourceMaps: 'inline',
    module: { type: 'commonjs', ignoreDynamic: true },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  });
  // oxlint-disable-next-line no-underscore-dangle -- Node has no other way to run compiled text
  module._compile(code, filename);
};
