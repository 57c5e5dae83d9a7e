// Loaded before the product: caches the workflow bundle between starts of a worker, so that a worker
// that is killed repeatedly is up for most of a run.
const { createHash } = require('node:crypto');
const { existsSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { bundleWorkflowCode, Worker } = require('@temporalio/worker');

const create = Worker.create.bind(Worker);

Worker.create = async ({ workflowsPath, ...options }) => {
  if (workflowsPath === undefined) return create(options);
  const name = createHash('sha256').update(workflowsPath).digest('hex').slice(0, 16);
  const codePath = path.join(process.env.FAULTS_BUNDLES, `${name}.js`);
  if (!existsSync(codePath)) {
    const { code } = await bundleWorkflowCode({ workflowsPath });
    const draft = `${codePath}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, codePath);
  }
  return create({ ...options, workflowBundle: { codePath } });
};
