import { setUpStack } from './set-up-stack';

module.exports = setUpStack;
