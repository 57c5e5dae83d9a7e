/** The arm of each experiment and feature flag that a customer was assigned to. */
export const experiments: readonly string[] = [
  `create table assignments (
    customer_id text not null references customers (id),
    kind text not null,
    experiment text not null,
    arm text not null,
    propensity double precision not null,
    hash_version smallint not null,
    assigned_at timestamptz not null,
    enrollment_id text,
    journey text,
    primary key (customer_id, kind, experiment)
  )`,
];
