import { Command } from 'commander';
import { readConfig } from '../../config';
import { load } from '../load';

export const demoCommand = new Command('demo')
  .description('run the sample shop through its journeys on a clock that skips waiting times')
  .option('--purchases <file>', 'real purchases: a CSV with customer_id, date, quantity, amount')
  .option('--customers <n>', 'at most this many customers')
  .option('--seed <n>', 'the seed of the generated shop', '1')
  .action((options: { purchases?: string; customers?: string; seed: string }) =>
    load.demo().demo(readConfig(), options),
  );
