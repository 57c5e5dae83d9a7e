import { sql } from 'kysely';
import type { Db } from '../../transaction';

export interface SegmentFlow {
  readonly segment: string;
  readonly entered: number;
  readonly left: number;
  readonly members: number;
}

/** How many customers have entered and left each segment, and how many are in it now. */
export async function readSegmentFlows(db: Db): Promise<readonly SegmentFlow[]> {
  const { rows } = await sql<SegmentFlow>`
    select s.name as segment,
      count(*) filter (where e.name = 'Segment Entered') as entered,
      count(*) filter (where e.name = 'Segment Left') as left,
      (select count(*) from segment_members m where m.segment = s.name) as members
    from segments s left join events e
      on e.type = 'segment' and e.properties ->> 'segment' = s.name
    group by s.name order by s.name`.execute(db);
  return rows;
}
