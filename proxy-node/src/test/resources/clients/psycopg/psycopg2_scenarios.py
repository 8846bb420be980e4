"""What an application does with psycopg 2, on a pool of servers: simple queries only. Arguments: port, database, mode of its pool, how many servers the pool has."""

import io
import select
import threading
from decimal import Decimal

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from steps import crowd, database, fails, mode, opened, port, servers, step


def connect(autocommit=True, **more):
    connection = psycopg2.connect(host="127.0.0.1", port=port, user="app", dbname=database, **more)
    connection.autocommit = autocommit
    opened.append(connection)
    return connection


def one(connection, sql, values=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def run(connection, sql, values=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@step("values come back as they went")
def _():
    values = (-7, "naïve ☃ \\ '\"", True, Decimal("0.10"), [1, None, 3], None)
    with connect().cursor() as cursor:
        cursor.execute("select %s::int, %s::text, %s::bool, %s::numeric, %s::int[], %s::text", values)
        assert cursor.fetchone() == values


@step("statements prepared by SQL stay with their client")
def _():
    clients = [connect() for _ in range(servers - 1)]
    for c, client in enumerate(clients):
        run(client, f"prepare p as select {c} + $1::int")
    for n in range(5):
        for c, client in enumerate(clients):
            assert one(client, "execute p (%s)", [n]) == c + n
    run(clients[0], "deallocate p")
    with fails("26000"):
        run(clients[0], "execute p (1)")


@step("many clients take turns")
def _():
    pids, wrong = set(), []

    def play(c):
        try:
            connection = connect(autocommit=False)
            for n in range(25):
                with connection, connection.cursor() as cursor:
                    cursor.execute("select %s, pg_backend_pid()", [c * n])
                    value, pid = cursor.fetchone()
                    assert value == c * n
                    pids.add(pid)
        except Exception as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=play, args=[c]) for c in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong
    assert len(pids) <= servers, pids


@step("transactions commit, roll back, and fail")
def _():
    connection = connect(autocommit=False)
    add = "insert into notes (author, note) values ('psycopg2', %s)"
    run(connection, "delete from notes where author = 'psycopg2'")
    run(connection, add, ["kept"])
    connection.commit()
    run(connection, add, ["gone"])
    with fails("22012"):
        run(connection, "select 1 / 0")
    with fails("25P02"):
        run(connection, "select 1")
    connection.rollback()
    with connection.cursor() as cursor:
        cursor.execute("select note from notes where author = 'psycopg2'")
        assert cursor.fetchall() == [("kept",)]
    connection.rollback()
    connection.set_session(isolation_level="SERIALIZABLE", readonly=True)
    with fails("25006"):
        run(connection, add, ["never"])
    connection.rollback()


@step("many rows in one statement")
def _():
    connection = connect()
    run(connection, "delete from notes where author = 'pages'")
    with connection.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, "insert into notes (author, note) values %s", [("pages", str(n)) for n in range(500)])
        psycopg2.extras.execute_batch(cursor, "update notes set note = note || '!' where author = 'pages' and note = %s", [[str(n)] for n in range(50)])
    assert one(connection, "select count(*) from notes where author = 'pages' and note like '%%!'") == 50


@step("COPY in and out, broken off, and wrong")
def _():
    connection = connect()
    run(connection, "create table if not exists copied (id int, t text)")
    run(connection, "truncate copied")
    lines = "".join(f"{n}\trow {n}\n" for n in range(20000))
    with connection.cursor() as cursor:
        cursor.copy_expert("copy copied from stdin", io.StringIO(lines))
        out = io.StringIO()
        cursor.copy_expert("copy (select * from copied order by id) to stdout", out)
        assert out.getvalue() == lines

        class Broken:
            def read(self, size):
                raise OSError("the file ends here")

        with fails("57014"):
            cursor.copy_expert("copy copied from stdin", Broken())
        with fails("22P02"):
            cursor.copy_expert("copy copied from stdin", io.StringIO("x\ta\n"))
    assert one(connection, "select count(*) from copied") == 20000


@step("a named cursor reads in portions")
def _():
    connection = connect(autocommit=False)
    with connection.cursor("mine") as cursor:
        cursor.itersize = 64
        cursor.execute("select generate_series(1, 1000)")
        assert sum(row[0] for row in cursor) == 500500
    connection.commit()
    with connection.cursor("held", withhold=True) as cursor:
        cursor.execute("select generate_series(1, 10)")
        connection.commit()
        assert len(cursor.fetchall()) == 10
    connection.commit()


@step("a running query is cancelled")
def _():
    connection, watcher = connect(), connect()

    def cancel():
        while one(watcher, "select count(*) from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'") == 0:
            pass
        connection.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    with fails("57014"):
        run(connection, "select pg_sleep(30)")
    thread.join()
    assert one(connection, "select 7") == 7


@step("an asynchronous connection")
def _():
    connection = psycopg2.connect(host="127.0.0.1", port=port, user="app", dbname=database, async_=True)
    opened.append(connection)
    psycopg2.extras.wait_select(connection)
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.1), 7")
        psycopg2.extras.wait_select(connection)
        assert cursor.fetchone()[1] == 7


@step("notices and notifications arrive")
def _():
    listener, sender = connect(), connect(autocommit=False)
    run(listener, "listen news")
    run(sender, "do $$ begin raise notice 'here'; end $$")
    run(sender, "notify news, 'first'")
    run(sender, "select pg_notify('news', 'second')")
    sender.commit()
    while len(listener.notifies) < 2:
        assert select.select([listener], [], [], 20)[0], "nothing heard"
        listener.poll()
    assert [(each.channel, each.payload) for each in listener.notifies] == [("news", "first"), ("news", "second")]
    assert "here" in sender.notices[0]


@step("settings and encodings follow their client")
def _():
    mine, yours = connect(), connect()
    mine.set_client_encoding("LATIN1")
    run(mine, "set datestyle = 'German, DMY'")
    for _ in range(5):
        assert one(mine, "select %s || to_char(date '2026-02-01', 'DD') || (date '2026-02-01')::text", ["é"]) == "é0101.02.2026"
        assert one(yours, "select %s || (date '2026-02-01')::text", ["☃"]) == "☃2026-02-01"


@step("a large object")
def _():
    connection = connect(autocommit=False)
    large = connection.lobject(0, "wb")
    large.write(b"x" * 300000)
    large.close()
    connection.commit()
    again = connection.lobject(large.oid, "rb")
    assert len(again.read()) == 300000
    again.unlink()
    connection.commit()


@step("a temporary table stays with its client")
def _():
    mine, yours = connect(), connect()
    run(mine, "create temp table scratch (n int)")
    for n in range(5):
        run(mine, "insert into scratch values (%s)", [n])
        with fails("42P01"):
            run(yours, "select * from scratch")
    assert one(mine, "select count(*) from scratch") == 5


@step("a server that is ended ends its client only")
def _():
    victim, other = connect(autocommit=False), connect()
    pid = one(victim, "select pg_backend_pid()")
    assert one(other, "select pg_terminate_backend(%s)", [pid])
    try:
        run(victim, "select 1")
        raise AssertionError("it lives on")
    except psycopg2.OperationalError:
        assert victim.closed
    assert one(other, "select 7") == 7
