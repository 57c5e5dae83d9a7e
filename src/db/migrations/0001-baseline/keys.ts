/** API keys (only their hash is stored) and the progress of file imports. */
export const keys: readonly string[] = [
  `create table api_keys (
    id text primary key,
    name text not null,
    role text not null,
    prefix text not null,
    hash text not null unique,
    replaces text references api_keys (id),
    created_at timestamptz not null,
    created_by text not null,
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz
  )`,
  `create index api_keys_prefix on api_keys (prefix)`,
  `create table imports (
    id text primary key,
    kind text not null,
    file text not null,
    rows_total bigint not null,
    rows_done bigint not null,
    stored bigint not null,
    duplicates bigint not null,
    rejected bigint not null,
    rejects_bytes bigint not null,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz
  )`,
];
