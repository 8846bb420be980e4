-- The database's own guard of the synced tables. Run by the node's installer, again at every start: each statement is idempotent.
--
-- A row of a synced table is written only
--   * by the writer (session_user is penstock_writer, which no SET ROLE changes) and by its own statement, not by a trigger under it, or
--   * by a session that captures: it has set penstock.capture, every row that it writes is noted in penstock.captured, and a deferred
--     constraint trigger makes its transaction impossible to commit. The proxy captures to let Postgres itself evaluate a statement;
--     anybody else who sets it gains nothing but an error at COMMIT.
-- Everything else is refused with 42501, whatever the session's role, privileges or settings.

create or replace function penstock.guard_refuse(table_schema name, table_name name) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception using
        errcode = '42501',
        message = format('table "%s.%s" is synced and can only be written through Penstock', table_schema, table_name),
        detail = 'What wrote to it was a function, trigger, view, rule or cascade, or a connection past the proxy: the API would not have heard of it.',
        hint = coalesce((select format('Change it by a plain INSERT, UPDATE or DELETE through Penstock at %s.', value) from penstock.settings where key = 'address'),
                        'Change it by a plain INSERT, UPDATE or DELETE through Penstock.'),
        schema = table_schema,
        table = table_name;
end
$$;

-- Who logged in: no SET SESSION AUTHORIZATION changes that, as a superuser's changes session_user.
create or replace function penstock.writer_logged_in() returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select exists (select from pg_stat_get_activity(pg_backend_pid()) where usesysid = 'penstock_writer'::regrole)
$$;

-- BEFORE INSERT OR UPDATE OR DELETE, row level. Argument 0: the key column.
create or replace function penstock.guard_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    captured integer;
begin
    if session_user = 'penstock_writer' then
        if pg_trigger_depth() > 1 or not penstock.writer_logged_in() then
            perform penstock.guard_refuse(tg_table_schema, tg_table_name);
        end if;
        return coalesce(new, old);
    end if;
    if current_setting('penstock.capture', true) is distinct from 'on' or pg_trigger_depth() > 1 then
        perform penstock.guard_refuse(tg_table_schema, tg_table_name);
    end if;
    -- How many rows so far: a statement that reaches the bound is stopped, so that nobody pays for evaluating a million rows to be refused.
    captured := coalesce(nullif(current_setting('penstock.captured', true), ''), '0')::integer + 1;
    perform set_config('penstock.captured', captured::text, true);
    if captured > coalesce(nullif(current_setting('penstock.capture_bound', true), ''), '10000')::integer then
        raise exception using errcode = 'SYEVB', message = 'capture bound reached';
    end if;
    if tg_op = 'INSERT' and to_jsonb(new) ->> tg_argv[0] is null then
        -- The API gives the key; until then a placeholder satisfies NOT NULL and the primary key.
        new := jsonb_populate_record(new, jsonb_build_object(tg_argv[0], 'penstock:' || captured));
    end if;
    return coalesce(new, old);
end
$$;

-- Begins a capture in the session's own transaction. The proxy sends it in one go with the client's statement, which must not be evaluated where its
-- target is not what the proxy takes it for; the proxy reads the SQLSTATE and goes another way.
create or replace function penstock.begin_capture(as_expected boolean, capture_bound integer) returns void
language plpgsql as $$
begin
    if as_expected is not true then
        raise exception using errcode = 'SYEXP', message = 'the target is not as expected';
    end if;
    perform pg_catalog.set_config('penstock.capture', 'on', true);
    perform pg_catalog.set_config('penstock.captured', '0', true);
    perform pg_catalog.set_config('penstock.capture_bound', capture_bound::pg_catalog.text, true);
end
$$;

-- What a capturing statement would have stored. Its rows are never committed, so a session sees its own and nobody else's; only the
-- guard writes here, so a function in the client's statement cannot forge a row. Unlogged: it has nothing to survive.
create unlogged table if not exists penstock.captured (
    position  bigint generated always as identity primary key,
    relation  oid not null,
    operation text not null,
    old       jsonb,
    new       jsonb
);
grant select on penstock.captured to public;

-- AFTER INSERT OR UPDATE OR DELETE, row level.
create or replace function penstock.guard_capture() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if session_user <> 'penstock_writer' then
        insert into penstock.captured (relation, operation, old, new)
        values (tg_relid, tg_op, case when tg_op <> 'INSERT' then to_jsonb(old) end, case when tg_op <> 'DELETE' then to_jsonb(new) end);
    end if;
    return null;
end
$$;

-- Deferred to COMMIT: rows that a session other than the writer's wrote are never committed.
create or replace function penstock.guard_commit() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if session_user <> 'penstock_writer' then
        perform penstock.guard_refuse(tg_table_schema, tg_table_name);
    end if;
    return null;
end
$$;

-- BEFORE TRUNCATE, statement level.
create or replace function penstock.guard_truncate() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if session_user <> 'penstock_writer' or pg_trigger_depth() > 1 or not penstock.writer_logged_in() then
        perform penstock.guard_refuse(tg_table_schema, tg_table_name);
    end if;
    return null;
end
$$;

-- Puts the guard on one table, or mends it. The names sort after any ordinary trigger's, so that the rows seen are the final ones.
create or replace function penstock.guard_table(guarded regclass, key_column name) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    execute format('create or replace trigger "~penstock_guard_row" before insert or update or delete on %s for each row execute function penstock.guard_row(%L)', guarded, key_column);
    execute format('create or replace trigger "~penstock_guard_capture" after insert or update or delete on %s for each row execute function penstock.guard_capture()', guarded);
    execute format('create or replace trigger "~penstock_guard_truncate" before truncate on %s for each statement execute function penstock.guard_truncate()', guarded);
    if not exists (select from pg_trigger where tgrelid = guarded and tgname = '~penstock_guard_commit') then
        execute format('create constraint trigger "~penstock_guard_commit" after insert or update or delete on %s deferrable initially deferred for each row execute function penstock.guard_commit()', guarded);
    end if;
    execute format('alter table %s enable always trigger "~penstock_guard_row"', guarded);
    execute format('alter table %s enable always trigger "~penstock_guard_capture"', guarded);
    execute format('alter table %s enable always trigger "~penstock_guard_truncate"', guarded);
    execute format('alter table %s enable always trigger "~penstock_guard_commit"', guarded);
end
$$;
