import { sql, type RawBuilder } from 'kysely';

/** A parameter that stands for a moment so far from the one for which is asked. */
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
 * What segments look up of a customer, each once however many segments ask for it, in the order in
 * which they were first asked for. Atoms may refer to the customer as `c` and to their profile as
 * `p`; conditions refer to the atoms, as columns of `f`.
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
