package io.penstock.protocol.sql.generate;

import java.util.List;
import java.util.random.RandomGenerator;

/** Writes what is neither a query nor a write: statements that wrap one, and statements that only sound like one. */
final class UtilityGenerator {
    /** Ordinary SQL that names the words and the tables, and writes to none of them: refusing it would be a mistake. */
    private static final List<String> HARMLESS = List.of(
            "grant update, insert, delete on salesforce.contacts to public",
            "grant update (email) on contacts to public",
            "revoke delete on salesforce.contacts from public",
            "create trigger t before insert or update or delete on orders for each row execute function f()",
            "create trigger t after update of item on orders for each statement execute function f()",
            "create policy p on contacts for update using (true) with check (true)",
            "create policy p on contacts as permissive for delete to public using (id = 'delete from contacts')",
            "alter table orders add foreign key (contact_id) references salesforce.contacts (id) on delete cascade on"
                    + " update set null",
            "create table x (id text references contacts on update cascade on delete set default)",
            "create table x (update text, delete text default 'insert into contacts')",
            "create table x as select * from salesforce.contacts",
            "create temp table contacts2 on commit delete rows as table contacts",
            "create view v as select delete from notes",
            "create materialized view v as select update, insert from notes",
            "select id into copied from salesforce.contacts for update of contacts",
            "comment on table contacts is 'delete from salesforce.contacts'",
            "create function f() returns void language sql as 'delete from salesforce.contacts'",
            "create function f() returns void language plpgsql as $f$ begin delete from salesforce.contacts; end $f$",
            "do $$ begin update salesforce.contacts set email = 'x'; end $$",
            "create function begin() returns int language sql return 1",
            "create rule r as on update to salesforce.contacts do nothing",
            "create rule r as on insert to orders do instead nothing",
            "create publication p for table contacts with (publish = 'insert, update, delete')",
            "lock table salesforce.contacts in row exclusive mode",
            "drop table if exists salesforce.contacts",
            "alter table salesforce.contacts rename to people",
            "copy salesforce.contacts to stdout",
            "copy salesforce.contacts (id, email) to stdout with (format csv)",
            "copy (select * from salesforce.contacts) to stdout",
            "copy orders from stdin",
            "copy \"Contacts\" from stdin",
            "truncate orders, only notes, \"Contacts\" restart identity cascade",
            "call salesforce.contacts('delete')",
            "declare c scroll cursor with hold for select * from salesforce.contacts for update",
            "fetch forward 10 from c",
            "close c",
            "analyze salesforce.contacts (email)",
            "vacuum (full, analyze) contacts",
            "set search_path to salesforce, public",
            "set local time zone 'UTC'",
            "reset all",
            "show all",
            "discard all",
            "listen contacts",
            "notify contacts, 'update contacts set x = 1'",
            "select update, delete from notes",
            "select n.delete from notes n for no key update of n skip locked",
            "select delete from salesforce.contacts, notes",
            "select max(delete) delete from contacts, notes",
            "select count(*) update from salesforce.contacts",
            "select substring(delete from 2) from notes",
            "(select delete from contacts)",
            "values ('delete from contacts')",
            "table salesforce.contacts",
            "with update as (select 1), delete (x) as (select 2) select * from update, delete",
            "with recursive as (select 1) select * from recursive",
            "execute p",
            "execute p (1, 'delete from contacts', array[1, 2])",
            "deallocate p",
            "deallocate all",
            "deallocate prepare p");

    private static final List<String> TRANSACTIONS = List.of(
            "begin",
            "begin isolation level serializable read write",
            "start transaction read only",
            "commit",
            "end",
            "commit and chain",
            "rollback",
            "abort work",
            "rollback and no chain",
            "rollback to a",
            "rollback work to savepoint a",
            "rollback transaction to a",
            "savepoint update",
            "release a",
            "release savepoint a",
            "prepare transaction 'x'",
            "commit prepared 'x'",
            "rollback prepared 'x'");

    private final RandomGenerator random;
    private final SqlWriter writer;
    private final QueryGenerator queries;
    private final WriteGenerator writes;

    UtilityGenerator(RandomGenerator random, SqlWriter writer, QueryGenerator queries, WriteGenerator writes) {
        this.random = random;
        this.writer = writer;
        this.queries = queries;
        this.writes = writes;
    }

    void write() {
        switch (random.nextInt(16)) {
            case 0, 1 -> {
                explain();
                writeOrQuery();
            }
            case 2, 3 -> prepare();
            case 4 -> {
                writer.words("copy").symbols("(");
                writes.write(1);
                // Postgres demands a RETURNING only when it runs the statement.
                writer.symbols(")").words("to stdout");
            }
            case 5 -> {
                writer.words("copy");
                queries.relation(queries.anyTable());
                if (queries.chance(40)) {
                    writer.symbols("(").name("id").symbols(")");
                }
                writer.words(queries.chance(60) ? "from stdin" : "to stdout");
            }
            case 6 -> truncate();
            case 7 -> rule();
            case 8 -> routine();
            case 9 -> verbatim(queries.pick(TRANSACTIONS));
            case 10 -> {
                writer.words("create table").name("made").words("as");
                writes.with(1);
                queries.select(List.of(), 1, 0);
            }
            case 11 -> {
                writer.words("declare").name("c").words("cursor for");
                queries.query(List.of(), 1, 1);
                if (queries.chance(30)) {
                    writer.words("for update");
                }
            }
            default -> verbatim(queries.pick(HARMLESS));
        }
    }

    /** Where nothing is quoted the writer can set its noise between the words. */
    private void verbatim(String sql) {
        if (sql.contains("'") || sql.contains("$") || sql.contains("\"")) {
            writer.verbatim(sql);
        } else {
            writer.words(sql);
        }
    }

    private void explain() {
        writer.words("explain");
        switch (random.nextInt(4)) {
            case 0 -> writer.words("analyze verbose");
            case 1 ->
                writer.symbols("(")
                        .words("analyze")
                        .symbols(",")
                        .words("format json")
                        .symbols(")");
            case 2 ->
                writer.symbols("(")
                        .words("costs off")
                        .symbols(",")
                        .words("verbose")
                        .symbols("true )");
            default -> {}
        }
    }

    private void prepare() {
        writer.words("prepare").name(queries.pick(List.of("p", "My Statement", "transaction")));
        if (queries.chance(50)) {
            writer.symbols("(").words("text").symbols(",").words("int").symbols("[ ] )");
        }
        writer.words("as");
        writeOrQuery();
    }

    private void writeOrQuery() {
        if (queries.chance(75)) {
            writes.write(1);
        } else {
            queries.query(List.of(), 1, 1);
        }
    }

    private void truncate() {
        writer.words(queries.chance(50) ? "truncate" : "truncate table");
        queries.list(1 + random.nextInt(3), () -> {
            if (queries.chance(20)) {
                writer.words("only");
            }
            queries.relation(queries.anyTable());
        });
        if (queries.chance(30)) {
            writer.words("restart identity cascade");
        }
    }

    private void rule() {
        writer.words(queries.chance(50) ? "create rule" : "create or replace rule")
                .name("r");
        writer.words("as on")
                .words(queries.pick(List.of("insert", "update", "delete")))
                .words("to");
        queries.relation(queries.anyTable());
        writer.words(queries.pick(List.of("do", "do also", "do instead")));
        if (queries.chance(50)) {
            action();
        } else {
            writer.symbols("(");
            action();
            writer.symbols(";");
            action();
            if (queries.chance(50)) {
                writer.symbols(";");
            }
            writer.symbols(")");
        }
    }

    private void action() {
        if (queries.chance(20)) {
            writes.with(0);
        }
        writes.plainWrite();
    }

    private void routine() {
        writer.words(queries.chance(50) ? "create function" : "create or replace procedure")
                .name("f");
        writer.symbols("(")
                .words("begin text")
                .symbols(",")
                .words("atomic text")
                .symbols(")");
        writer.words("language sql begin atomic");
        int statements = 1 + random.nextInt(3);
        for (int i = 0; i < statements; i++) {
            if (queries.chance(50)) {
                writes.write(0);
            } else {
                queries.query(List.of(), 1, 1);
            }
            writer.symbols(";");
        }
        writer.words("select case when true then")
                .literal("end")
                .words("else")
                .literal("x")
                .words("end as end");
        writer.symbols(";").words("end");
    }
}
