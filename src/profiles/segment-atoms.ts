import { sql, type RawBuilder } from 'kysely';

/** A parameter for a time at an offset from the time of evaluation. */
export class FromNow {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  at(now: Date): Date {
    return new Date(now.getTime() + this.milliseconds);
  }
}

/**
 * The lookups that segments need, each made once per customer however many segments use it. Atoms
 * may refer to the customer as `c` and to their profile as `p`; conditions refer to atoms as columns
 * of `f`.
 */
export class Atoms {
  readonly #columns = new Map<
    string,
    { readonly name: string; readonly value: RawBuilder<unknown> }
  >();

  /** @returns a reference to the atom */
  add(key: string, value: RawBuilder<unknown>): RawBuilder<unknown> {
    const known = this.#columns.get(key) ?? { name: `a${this.#columns.size}`, value };
    this.#columns.set(key, known);
    return sql.ref(`f.${known.name}`);
  }

  get columns(): readonly RawBuilder<unknown>[] {
    return [...this.#columns.values()].map(({ name, value }) => sql`${value} as ${sql.id(name)}`);
  }
}
