/** Export and erasure requests, the audit log, payload keys and retention. */
export const privacy: readonly string[] = [
  `create table privacy_requests (
    id text primary key,
    customer_id text not null,
    kind text not null,
    source text not null,
    status text not null default 'open',
    requested_at timestamptz not null,
    done_at timestamptz,
    result jsonb not null default '{}'
  )`,
  `create index privacy_requests_customer on privacy_requests (customer_id)`,
  `create index privacy_requests_open on privacy_requests (requested_at)
    where status <> 'done'`,
  // An opt-out survives an erasure as a keyed hash of the address.
  `create table erased_opt_outs (
    address_hash text not null,
    channel text not null,
    purpose text not null,
    at timestamptz not null,
    primary key (address_hash, channel, purpose)
  )`,
  `create table audit_log (
    id text primary key,
    at timestamptz not null,
    actor text not null,
    role text not null,
    action text not null,
    customer_id text,
    detail jsonb not null default '{}'
  )`,
  `create index audit_log_customer on audit_log (customer_id, id)`,
  // The key that encrypts an enrollment's payloads in Temporal, wrapped by a master key.
  `create table payload_keys (
    enrollment_id text primary key references enrollments (id),
    wrapped text not null,
    created_at timestamptz not null
  )`,
  `create table retention_runs (
    id text primary key,
    at timestamptz not null,
    kind text not null,
    until timestamptz not null,
    detail jsonb not null
  )`,
  `create index retention_runs_kind on retention_runs (kind, id)`,
  // HMAC-SHA256 (RFC 2104) with the key's two padded blocks: Postgres itself only has SHA-256.
  `create function keyed_hash(inner_block bytea, outer_block bytea, value text) returns text
    language sql immutable parallel safe as $$
      select encode(sha256(outer_block || sha256(inner_block || convert_to(value, 'UTF8'))), 'hex')
    $$`,
];
