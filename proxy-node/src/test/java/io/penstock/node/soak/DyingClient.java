package io.penstock.node.soak;

import static io.penstock.node.session.RawClient.SYNC;
import static io.penstock.node.session.RawClient.bind;
import static io.penstock.node.session.RawClient.execute;
import static io.penstock.node.session.RawClient.parse;
import static io.penstock.node.session.RawClient.query;

import io.penstock.node.session.RawClient;
import io.penstock.protocol.message.FrontendMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A client that logs in, gets into one of many states, and is gone from one moment to the next. */
final class DyingClient {
    /** What it is in the middle of. */
    private enum State {
        RESTING,
        IN_TRANSACTION,
        IN_FAILED_TRANSACTION,
        IN_COPY_IN,
        IN_COPY_OUT,
        IN_LARGE_RESULT,
        WITHOUT_SYNC,
        IN_HALF_A_MESSAGE,
        IN_A_LONG_QUERY,
        BEING_CANCELED,
        WITH_A_SESSION_OF_ITS_OWN,
        SUSPENDED_PORTAL,
        IN_A_MUTATION,
        IN_A_PIPELINE
    }

    private DyingClient() {}

    static void liveAndDie(int port, String database, Random random) throws IOException {
        RawClient client = RawClient.loggedIn(port, database);
        State[] states = State.values();
        get(client, port, states[random.nextInt(states.length)], random);
        // At times before the server has seen any of it, at times long after.
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(20_000)));
        if (random.nextInt(4) == 0) {
            client.close(); // a FIN, and a reset where something has not been read
        } else {
            client.reset();
        }
    }

    private static void get(RawClient client, int port, State state, Random random) throws IOException {
        switch (state) {
            case RESTING -> {}
            case IN_TRANSACTION ->
                client.send(query("begin; update accounts set balance = balance + 1 where id = " + account(random)));
            case IN_FAILED_TRANSACTION -> client.send(query("begin"), query("select 1/0"), query("select 1"));
            case IN_COPY_IN -> {
                client.send(query("copy copied from stdin"));
                client.send(new FrontendMessage.CopyData("1\ta\n2".getBytes(StandardCharsets.UTF_8)));
            }
            case IN_COPY_OUT -> {
                client.send(query("copy (select n, repeat('x', 100) from generate_series(1, 200000) n) to stdout"));
                client.skip(random.nextInt(100_000));
            }
            case IN_LARGE_RESULT -> {
                client.send(query("select repeat('x', 5000) from generate_series(1, 20000)"));
                client.skip(random.nextInt(100_000));
            }
            case WITHOUT_SYNC -> client.send(parse("s", "select 1"), bind("", "s"), execute(""));
            case IN_HALF_A_MESSAGE -> {
                byte[] whole = RawClient.bytes(query("begin"), query("select 'the second half never comes'"));
                client.send(Arrays.copyOf(whole, whole.length - 1 - random.nextInt(30)));
            }
            case IN_A_LONG_QUERY -> client.send(query("select pg_sleep(0.3)"));
            case BEING_CANCELED -> {
                client.send(query("select pg_sleep(1)"));
                client.requestCancel(port).close();
            }
            case WITH_A_SESSION_OF_ITS_OWN -> {
                client.send(
                        query("set work_mem = '5MB'; set datestyle = 'German'"),
                        query("create temp table mine (n int)"),
                        query("select pg_advisory_lock(" + random.nextInt() + ")"),
                        query("listen gone"),
                        query("prepare p as select 1"),
                        query("declare c cursor with hold for select generate_series(1, 100)"));
                if (random.nextBoolean()) {
                    client.readUntil(line -> line.startsWith("C DECLARE"));
                }
            }
            case SUSPENDED_PORTAL ->
                client.send(
                        query("begin"),
                        parse("", "select generate_series(1, 1000)"),
                        bind("p", ""),
                        new FrontendMessage.Execute("p", 7),
                        SYNC);
            case IN_A_MUTATION ->
                client.send(query("insert into salesforce.contacts (last_name) values ('Gone') returning id"));
            case IN_A_PIPELINE ->
                client.send(
                        parse("m", "update salesforce.contacts set note = 'gone' where last_name = 'Nobody'"),
                        bind("", "m"),
                        execute(""),
                        SYNC,
                        query("begin"),
                        parse("", "insert into history values (1, 0)"),
                        bind("", ""),
                        execute(""));
        }
    }

    private static int account(Random random) {
        return 1 + random.nextInt(1_000);
    }
}
