-- The journal of mutations. Run by the node's installer as the owner of schema penstock, again at every start: each statement is idempotent.
-- The states and their order are JournalMachine's; docs/limits-and-transactions.md explains them to a person.

create table if not exists penstock.mutation_journal (
    id              uuid primary key,
    user_name       text        not null,
    role_name       text        not null,
    schema_name     text        not null,
    table_name      text        not null,
    operation       text        not null check (operation in ('INSERT', 'UPDATE', 'DELETE')),
    -- The column by whose value an INSERT updates what the API has already; null where it does not.
    upsert_on       text,
    -- What was asked for: [{"key": ..., "values": {column: value}, "local": {column: value}}], one for each row, in the statement's order.
    rows            jsonb       not null,
    -- The API's ids of the rows; null for an INSERT until the API has given them.
    keys            text[],
    -- What an INSERT left in the API's correlation field (followed by ":" and the row's number); null where the table has no such field.
    correlation     text,
    state           text        not null default 'INTENT'
                    check (state in ('INTENT', 'ACCEPTED', 'REJECTED', 'NOT_APPLIED', 'IN_DOUBT', 'APPLIED', 'PARKED')),
    -- How often recovery has tried, why it did not succeed the last time, and when it tries again.
    attempt         integer     not null default 0,
    reason          text,
    next_attempt_at timestamptz,
    api             text        not null,
    http_status     integer,
    api_request_id  text,
    -- What the API answered: [{"ordinal": 0, "key": ..., "row": {column: value}} or {..., "gone": true}]; kept while it is not in the table yet.
    answer          jsonb,
    -- The error that the client got: {"sqlState", "message", "detail", "hint", "column", "constraint"}.
    error           jsonb,
    -- Which life of which node wrote the intent.
    node            text        not null,
    created_at      timestamptz not null default clock_timestamp(),
    updated_at      timestamptz not null default clock_timestamp(),
    -- After this the node that wrote the intent sends nothing any more. By the clock of this database, as all times here.
    deadline        timestamptz not null
) with (fillfactor = 80);
alter table penstock.mutation_journal add column if not exists upsert_on text;

-- What recovery looks for: few rows, whatever the size of the history.
create index if not exists mutation_journal_open on penstock.mutation_journal (state, created_at)
    where state in ('INTENT', 'ACCEPTED', 'IN_DOUBT', 'PARKED');
create index if not exists mutation_journal_created on penstock.mutation_journal (created_at);
-- Which rows the sync must not bring back: see SyncedRowStore.
create index if not exists mutation_journal_deletes on penstock.mutation_journal (schema_name, table_name, updated_at)
    where operation = 'DELETE';

revoke all on penstock.mutation_journal from public;
grant select, insert, update, delete on penstock.mutation_journal to penstock_writer;

-- Closes an entry in the transaction that stores its rows; which fails, rows and all, where recovery has stored them already: it may have been long
-- ago, and others may have changed them since.
create or replace function penstock.mark_applied(entry uuid, row_keys text[], status integer, request_id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    update penstock.mutation_journal
    set state = 'APPLIED', keys = coalesce(row_keys, keys), http_status = coalesce(status, http_status),
        api_request_id = coalesce(request_id, api_request_id), answer = null, error = null, reason = null, next_attempt_at = null,
        updated_at = clock_timestamp()
    where id = entry and state in ('INTENT', 'ACCEPTED', 'NOT_APPLIED', 'IN_DOUBT', 'PARKED');
    if not found then
        raise exception using errcode = 'SYAPL', message = format('mutation %s has been finished by recovery already', entry);
    end if;
end
$$;
revoke execute on function penstock.mark_applied(uuid, text[], integer, text) from public;
grant execute on function penstock.mark_applied(uuid, text[], integer, text) to penstock_writer;

-- For a person. Anybody may read it, because an error of SQLSTATE 40003 tells the client to look here; so it shows each role the mutations that it
-- made itself, and all of them only to members of penstock_observer, which
-- the installer makes (a superuser is one). It shows ids and error messages, but not the rows: what was
-- written stays where column privileges and row security protect it.
create or replace view penstock.journal with (security_barrier) as
select
    j.id,
    j.state,
    date_trunc('second', clock_timestamp() - j.created_at) as age,
    j.operation || ' ' || quote_ident(j.schema_name) || '.' || quote_ident(j.table_name) as statement,
    jsonb_array_length(j.rows) as rows,
    j.keys as ids,
    case j.state
        when 'INTENT' then case
            when j.deadline > clock_timestamp() then 'is on its way to ' || j.api
            else 'may have reached ' || j.api || ': its node has not reported back' end
        when 'ACCEPTED' then j.api || ' has applied it; the row is not in this table yet'
        when 'REJECTED' then j.api || ' refused it: ' || coalesce(j.error ->> 'detail', j.error ->> 'message', 'no reason given')
        when 'NOT_APPLIED' then 'took no effect at ' || j.api || coalesce(': ' || coalesce(j.reason, j.error ->> 'message'), '')
        when 'IN_DOUBT' then 'was sent, but ' || j.api || ' may or may not have applied it'
        when 'APPLIED' then 'done, at ' || j.api || ' and here' || coalesce(': ' || j.reason, '')
        when 'PARKED' then j.api || ' has applied it, but this table refuses the row: ' || coalesce(j.error ->> 'message', j.reason, '')
    end as what_happened,
    case
        when j.state = 'IN_DOUBT' and j.operation = 'INSERT' and j.correlation is null
            then 'The table has no correlation field, so Penstock cannot look for the row. Look at ' || j.api || ' yourself; the next sync brings the row if it is there.'
        when j.state = 'IN_DOUBT' or j.state = 'INTENT' and j.deadline <= clock_timestamp()
            then 'Do not repeat the statement. Penstock is finding it out.'
        when j.state = 'PARKED' then 'Change the constraint or the column''s type; Penstock tries again by itself.'
        when j.state = 'ACCEPTED' then 'Do not repeat the statement. Penstock stores the row as soon as it can.'
        when j.state = 'NOT_APPLIED' then 'The statement can be repeated.'
    end as hint,
    j.attempt as attempts,
    case when j.state in ('INTENT', 'ACCEPTED', 'IN_DOUBT', 'PARKED') then j.reason end as last_reason,
    case when j.state in ('INTENT', 'ACCEPTED', 'IN_DOUBT', 'PARKED') then j.next_attempt_at end as next_attempt_at,
    j.role_name as role,
    j.user_name as "user",
    j.http_status,
    j.api_request_id,
    j.error ->> 'sqlState' as sqlstate,
    j.node,
    j.created_at,
    j.updated_at
from penstock.mutation_journal j
where j.role_name = current_user
   or (select bool_or(pg_has_role(current_user, r.oid, 'member')) from pg_catalog.pg_roles r where r.rolname = 'penstock_observer')
order by j.created_at desc;

grant usage on schema penstock to public;
grant select on penstock.journal to public;
