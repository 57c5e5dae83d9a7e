import { execFileSync } from 'node:child_process';
import { setUpStack } from './set-up-stack';

/** Slow tests run the built package in separate processes, as in production. */
module.exports = async function setUpSlow(): Promise<void> {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  await setUpStack();
};
