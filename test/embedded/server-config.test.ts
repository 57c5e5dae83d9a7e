import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DYNAMIC_CONFIG } from '../../dev/temporal-cluster/server-config';

it("runs the cluster with the compose file's dynamic configuration", () => {
  const file = join(__dirname, '../../docker/temporal/dynamic-config.yaml');
  expect(parse(DYNAMIC_CONFIG)).toEqual(parse(readFileSync(file, 'utf8')));
});
