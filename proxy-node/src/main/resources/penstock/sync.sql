-- How far each synced table has followed its API. Run by the node's installer as the owner of schema penstock, again at every start.

create table if not exists penstock.sync_state (
    schema_name     text        not null,
    table_name      text        not null,
    -- BACKFILL until every row has been fetched once, then FOLLOW.
    phase           text        not null default 'BACKFILL' check (phase in ('BACKFILL', 'FOLLOW')),
    -- Where the current run stands; null between runs. Only the adapter reads it.
    cursor          text,
    -- The latest change that has been stored, by the API's clock. The next run starts a little before.
    high_water      timestamptz,
    -- What high_water becomes when the current run is through.
    run_newest      timestamptz,
    run_started     timestamptz,
    rows_stored     bigint      not null default 0,
    rows_deleted    bigint      not null default 0,
    -- Rows that Postgres did not take; the last error names one.
    rows_refused    bigint      not null default 0,
    filled_at       timestamptz,
    last_run_at     timestamptz,
    failures        integer     not null default 0,
    last_error      text,
    last_error_at   timestamptz,
    next_run_at     timestamptz not null default clock_timestamp(),
    primary key (schema_name, table_name)
);

revoke all on penstock.sync_state from public;
grant select, insert, update, delete on penstock.sync_state to penstock_writer;
-- No row of anybody's is in it, and "why is this table empty?" is everybody's question.
grant usage on schema penstock to public;
grant select on penstock.sync_state to public;
