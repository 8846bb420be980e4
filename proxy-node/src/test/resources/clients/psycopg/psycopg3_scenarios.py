"""What an application does with psycopg 3, on a pool of servers. Arguments: port, database, mode of its pool, how many servers the pool has."""

import datetime
import threading
import time
from decimal import Decimal

import psycopg
from psycopg import errors, pq
from psycopg.types.json import Jsonb

from steps import crowd, database, fails, mode, opened, port, servers, step


def connect(**more):
    connection = psycopg.connect(host="127.0.0.1", port=port, user="app", dbname=database, **{"autocommit": True, **more})
    opened.append(connection)
    return connection


def one(connection, sql, values=None, **more):
    return connection.execute(sql, values, **more).fetchone()[0]


@step("values come back as they went")
def _():
    connection = connect()
    values = (-7, "naïve ☃ \\ '\"", b"\0\xff\1", True, Decimal("0.10"), datetime.datetime(1970, 1, 2, tzinfo=datetime.timezone.utc), [1, None, 3], None)
    sql = "select %s::int, %s::text, %s::bytea, %s::bool, %s::numeric, %s::timestamptz, %s::int[], %s::text"
    for binary in (False, True):
        with connection.cursor(binary=binary) as cursor:
            for prepare in (False, True):
                assert cursor.execute(sql, values, prepare=prepare).fetchone() == values
    assert one(connection, "select %s::jsonb", [Jsonb({"k": ["v"]})]) == {"k": ["v"]}


@step("a prepared statement runs on every server")
def _():
    first = connect(prepare_threshold=0)
    seen = set()
    for n in range(servers):
        twice, pid = first.execute("select %s::int * 2, pg_backend_pid()", [n]).fetchone()
        assert twice == 2 * n
        seen.add(pid)
        if n + 1 < servers:
            # Another client's transaction takes the server that has just been used.
            connect(autocommit=False).execute("select 1")
    assert (len(seen) > 1) == (mode == "transaction" and servers > 1), seen


@step("many clients prepare and take turns")
def _():
    pids, wrong = set(), []

    def play(c):
        try:
            connection = connect(prepare_threshold=2)
            for n in range(25):
                k = n % 5
                t = "odd" if c % 2 else "even"
                row = connection.execute(f"select %s::int + {k}, '{t}', pg_backend_pid()", [c * n]).fetchone()
                assert row[:2] == (c * n + k, t), row
                pids.add(row[2])
        except Exception as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=play, args=[c]) for c in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong
    assert len(pids) <= servers, pids


@step("statements are given up and prepared again")
def _():
    # psycopg 3.1 gives them up by DEALLOCATE in SQL.
    connection = connect(prepare_threshold=0)
    connection.prepared_max = 2
    other = connect(prepare_threshold=0)
    for n in range(20):
        assert one(connection, f"select {n % 5} + %s::int", [n]) == n % 5 + n
        assert one(other, f"select {n % 5} + %s::int", [n]) == n % 5 + n
    with fails("22012"):
        connection.execute("select 1 / %s::int", [0])
    assert one(connection, "select 2 + %s::int", [1]) == 3


@step("a pipeline is answered in order")
def _():
    connection = connect(prepare_threshold=2)
    with connection.pipeline():
        cursors = [connection.execute(f"select {n % 7}, %s::int", [n]) for n in range(60)]
        assert [cursor.fetchone() for cursor in cursors] == [(n % 7, n) for n in range(60)]
    assert one(connection, "select 7") == 7


@step("an error in a pipeline undoes it up to the next sync")
def _():
    connection = connect()
    connection.execute("delete from notes where author = 'pipeline'")
    add = "insert into notes (author, note) values ('pipeline', %s)"
    with fails("22012"):
        with connection.pipeline() as pipe:
            connection.execute(add, ["kept"])
            pipe.sync()
            connection.execute(add, ["lost"])
            connection.execute("select 1 / 0")
            after = connection.execute(add, ["never"])
            pipe.sync()
            after.fetchall()
    assert connection.info.transaction_status == pq.TransactionStatus.IDLE
    assert connection.execute("select note from notes where author = 'pipeline'").fetchall() == [("kept",)]
    # Without autocommit a pipeline is one transaction, begun with its first statement.
    connection.autocommit = False
    with connection.pipeline():
        connection.execute(add, ["whole"])
        connection.execute(add, ["whole"])
    connection.rollback()
    assert one(connection, "select count(*) from notes where author = 'pipeline'") == 1


@step("executemany and what it returns")
def _():
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("delete from notes where author = 'many'")
        cursor.executemany("insert into notes (author, note) values ('many', %s) returning note", [[str(n)] for n in range(300)], returning=True)
        notes = [cursor.fetchone()[0]]
        while cursor.nextset():
            notes.append(cursor.fetchone()[0])
    assert notes == [str(n) for n in range(300)]


@step("transactions commit, roll back, and fail")
def _():
    connection = connect(autocommit=False, prepare_threshold=1)
    add = "insert into notes (author, note) values ('psycopg', %s)"
    connection.execute("delete from notes where author = 'psycopg'")
    connection.commit()
    with connection.transaction():
        connection.execute(add, ["kept"])
        with fails("22012"):
            with connection.transaction():
                connection.execute(add, ["lost"])
                connection.execute("select 1 / 0")
    with fails("22012"):
        connection.execute("select 1 / 0")
    with fails("25P02"):
        connection.execute("select 1")
    connection.rollback()
    connection.execute(add, ["gone"])
    connection.rollback()
    assert connection.execute("select note from notes where author = 'psycopg'").fetchall() == [("kept",)]
    connection.rollback()
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    connection.read_only = True
    with fails("25006"):
        connection.execute(add, ["never"])
    connection.rollback()


@step("a counter is counted by all clients")
def _():
    first = connect()
    first.execute("create table if not exists counters (id int primary key, n int not null)")
    first.execute("insert into counters values (1, 0) on conflict (id) do update set n = 0")
    wrong = []

    def play():
        try:
            with psycopg.connect(host="127.0.0.1", port=port, user="app", dbname=database, prepare_threshold=1) as connection:
                for _ in range(10):
                    with connection.transaction():
                        n = connection.execute("select n from counters where id = %s for update", [1]).fetchone()[0]
                        connection.execute("update counters set n = %s where id = %s", [n + 1, 1])
        except Exception as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=play) for _ in range(crowd - 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong
    assert one(first, "select n from counters") == 10 * (crowd - 1)


@step("COPY in and out, text and binary, broken off, and wrong")
def _():
    connection = connect()
    connection.execute("create table if not exists copied (id int, t text)")
    connection.execute("truncate copied")
    with connection.cursor() as cursor:
        with cursor.copy("copy copied from stdin") as copy:
            for n in range(10000):
                copy.write_row((n, f"row\t{n}"))
        with cursor.copy("copy copied from stdin (format binary)") as copy:
            copy.set_types(["int4", "text"])
            for n in range(10000, 20000):
                copy.write_row((n, f"row\t{n}"))
        with cursor.copy("copy (select * from copied order by id) to stdout (format binary)") as copy:
            copy.set_types(["int4", "text"])
            assert list(copy.rows()) == [(n, f"row\t{n}") for n in range(20000)]
        with cursor.copy("copy (select t from copied order by id) to stdout") as copy:
            assert sum(1 for _ in copy) == 20000
        with fails("57014"):
            with cursor.copy("copy copied from stdin") as copy:
                copy.write_row((1, "a"))
                raise errors.QueryCanceled("the file ends here")
        with fails("22P02"):
            with cursor.copy("copy copied from stdin") as copy:
                copy.write("x\ta\n")
        # Left before its end: psycopg cancels.
        try:
            with cursor.copy("copy (select generate_series(1, 1000000)) to stdout") as copy:
                assert bytes(copy.read()) == b"1\n"
                raise KeyError("enough")
        except KeyError:
            pass
    assert one(connection, "select count(*) from copied") == 20000


@step("a server-side cursor reads in portions")
def _():
    connection = connect(autocommit=False)
    with connection.cursor("mine") as cursor:
        cursor.execute("select generate_series(1, %s)", [1000])
        cursor.itersize = 64
        assert sum(row[0] for row in cursor) == 500500
    with connection.cursor("scrolling", scrollable=True) as cursor:
        cursor.execute("select generate_series(1, 100)")
        cursor.scroll(50)
        assert cursor.fetchone() == (51,)
        cursor.scroll(-2)
        assert cursor.fetchone() == (50,)
    connection.commit()
    with connection.cursor("held", withhold=True) as cursor:
        cursor.execute("select generate_series(1, 10)")
        connection.commit()
        assert len(cursor.fetchall()) == 10
    connection.commit()
    assert list(connection.cursor().stream("select generate_series(1, 5)")) == [(n,) for n in range(1, 6)]


@step("a running query is cancelled")
def _():
    connection, watcher = connect(), connect()

    def cancel():
        while one(watcher, "select count(*) from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'") == 0:
            pass
        connection.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    began = time.monotonic()
    with fails("57014"):
        connection.execute("select pg_sleep(30)")
    thread.join()
    assert time.monotonic() - began < 20
    assert one(connection, "select 7") == 7


@step("settings follow their client and nobody else")
def _():
    mine, yours = connect(), connect(options="-c work_mem=5MB")
    mine.execute("set search_path = pg_catalog; set app.tenant = 'mine'")
    with mine.transaction():
        mine.execute("set local statement_timeout = '9s'")
    yours.execute("set app.tenant = 'yours'")
    show = "select current_setting(%s)"
    for _ in range(6):
        assert [one(mine, show, [name]) for name in ("app.tenant", "search_path", "statement_timeout")] == ["mine", "pg_catalog", "0"]
        assert [one(yours, show, [name]) for name in ("app.tenant", "work_mem")] == ["yours", "5MB"]
        assert one(yours, show, ["search_path"]) != "pg_catalog"
    mine.execute("set timezone = 'Asia/Tokyo'")
    assert str(mine.info.timezone) == "Asia/Tokyo"


@step("notices and notifications arrive")
def _():
    listener, sender = connect(), connect()
    notices = []
    sender.add_notice_handler(lambda notice: notices.append(notice.message_primary))
    listener.execute("listen news")
    sender.execute("do $$ begin raise notice 'here'; end $$")
    with sender.transaction():
        sender.execute("notify news, 'first'")
        sender.execute("select pg_notify('news', %s)", ["second"])
    heard = []
    for notification in listener.notifies():
        heard.append((notification.channel, notification.payload))
        if len(heard) == 2:
            break
    assert heard == [("news", "first"), ("news", "second")]
    assert notices == ["here"]


@step("a temporary table stays with its client")
def _():
    mine, yours = connect(prepare_threshold=0), connect(prepare_threshold=0)
    mine.execute("create temp table scratch (n int)")
    for n in range(5):
        mine.execute("insert into scratch values (%s)", [n])
        with fails("42P01"):
            yours.execute("select * from scratch")
    assert one(mine, "select count(*) from scratch") == 5


@step("a table that changes fails its prepared statement once at the most")
def _():
    connection, other = connect(prepare_threshold=0), connect()
    other.execute("drop table if exists shapes")
    other.execute("create table shapes (a int)")
    other.execute("insert into shapes values (1)")
    assert connection.execute("select * from shapes").fetchall() == [(1,)]
    other.execute("alter table shapes add column b int default 2")
    with fails("0A000"):
        connection.execute("select * from shapes")
    if mode == "transaction":
        assert connection.execute("select * from shapes").fetchall() == [(1, 2)]


@step("two-phase commit")
def _():
    connection = connect(autocommit=False)
    connection.execute("delete from notes where author = 'two'")
    connection.commit()
    connection.tpc_begin("clients of penstock")
    connection.execute("insert into notes (author, note) values ('two', 'phases')")
    connection.tpc_prepare()
    connection.tpc_commit()
    assert one(connection, "select count(*) from notes where author = 'two'") == 1
    connection.rollback()


@step("a large result")
def _():
    rows = connect().execute("select n, repeat('x', 200) from generate_series(1, 20000) n").fetchall()
    assert len(rows) == 20000 and rows[-1][0] == 20000


@step("a server that is ended ends its client only")
def _():
    victim, other = connect(autocommit=False), connect()
    pid = one(victim, "select pg_backend_pid()")
    assert one(other, "select pg_terminate_backend(%s)", [pid])
    try:
        victim.execute("select 1")
        raise AssertionError("it lives on")
    except psycopg.OperationalError:
        assert victim.closed
    assert one(other, "select 7") == 7
