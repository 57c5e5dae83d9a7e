import { Command } from 'commander';
import { readConfig } from '../../config';
import { load } from '../load';

export const whyCommand = new Command('why')
  .argument('<customer>', "a customer's id, user id, user_id:…, anonymous_id:… or email:…")
  .description('explain each decision about a customer, and what their journeys wait for')
  .action((customer: string) => load.why().why(readConfig(), customer));
