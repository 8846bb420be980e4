-- Who owns an API account's limiter and token keeper, and the account's tokens. Run by the node's installer as the owner of schema penstock,
-- again at every start: each statement is idempotent.

create table if not exists penstock.credentials (
    account         text primary key,
    -- Counts the owners; only the newest may begin a refresh.
    epoch           bigint      not null,
    -- Counts the refreshes; a new credential takes the place of exactly the one that it came from.
    version         bigint      not null,
    -- Hash of what the configuration said when this credential began: another one means that somebody has authorised again.
    origin          text        not null,
    -- The tokens, AES-256-GCM, nonce first, the account's name authenticated with them.
    sealed          bytea       not null,
    base_url        text,
    expires_at      timestamptz,
    -- Why somebody has to authorise the account again.
    revoked_code    text,
    revoked_message text,
    -- Until then a refresh may be under way.
    claimed_until   timestamptz,
    updated_at      timestamptz not null default clock_timestamp()
);
revoke all on penstock.credentials from public;

create table if not exists penstock.limiters (
    account text primary key,
    epoch   bigint      not null,
    -- When the newest owner last said that it is one.
    seen_at timestamptz not null default clock_timestamp()
);
revoke all on penstock.limiters from public;
alter table penstock.limiters
    -- What the newest owner had granted when it last said so and what still counts at the API: for the next one.
    add column if not exists note jsonb,
    -- What it was told itself when it began: the last word of the one before, and how long ago that was.
    add column if not exists begun_with jsonb,
    add column if not exists begun_after interval;

-- Which part of a divided cluster goes on: the one whose node is named here.
create table if not exists penstock.cluster_leases (
    name  text primary key,
    owner text        not null,
    until timestamptz not null
);
revoke all on penstock.cluster_leases from public;
