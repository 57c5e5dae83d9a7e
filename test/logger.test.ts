import { loggableError } from '../src/logger';
import { startApiWorld } from './api/api-world';
import { sql } from 'kysely';

it('logs what Postgres refused without the rows and values that it quotes', async () => {
  const world = await startApiWorld();
  const { db } = world.deps;
  const failures = [
    sql`insert into customers (id, traits, created_at) values ('ada-lovelace', '{}', now())`,
    sql`insert into identifiers (kind, value, customer_id, created_at) values ('user_id', 'ada-lovelace', 'nobody', now())`,
    sql`select 'ada-lovelace'::timestamptz`,
    sql`select '{"ada-lovelace": }'::jsonb`,
  ];
  for (const statement of failures) {
    const error: unknown = await statement.execute(db).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(Error);
    const told = JSON.stringify(loggableError(error));
    expect(told).toContain('"code":"2');
    expect(told).not.toContain('lovelace');
  }
  await world.stop();
});
