package io.penstock.node.session;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.Target;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One client of {@link HandOffTest}: it changes its session at random and knows what must be in it, and nothing else. */
final class HandOffClient implements AutoCloseable {
    /** Asks for everything that could be somebody else's, without a word that would keep the server. */
    private static final String EVERYTHING = """
            select current_setting('work_mem'), current_setting('timezone'), coalesce(current_setting('app.tenant', true), ''), \
            current_user, current_setting('search_path'), \
            (select count(*) from pg_class where relnamespace = pg_my_temp_schema() and relkind = 'r'), \
            (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()), \
            (select count(*) from pg_listening_channels()), (select count(*) from pg_cursors where name <> ''), \
            (select n from which)""";

    private static final String[] ZONES = {"Asia/Tokyo", "Europe/Berlin", "America/Lima"};

    /** Settings and, by a name that none has, what else is in the session. */
    private Map<String, String> state = new HashMap<>();

    private final Deque<Map<String, String>> savepoints = new ArrayDeque<>();
    private final Map<String, String> prepared = new HashMap<>();
    private final RawClient wire;
    private final Random random;
    private final String name;
    private boolean inTransaction;
    private boolean stays;

    HandOffClient(int port, String name, Random random) throws IOException {
        this.wire = RawClient.loggedIn(port);
        this.name = name;
        this.random = random;
        forget();
    }

    private void forget() {
        state.clear();
        prepared.clear();
        state.putAll(Map.of(
                "work_mem", "4MB", "timezone", "GMT", "app.tenant", "", "role", "postgres", "search_path", "s0"));
        for (String countable : List.of("temporary", "locks", "channels", "cursors")) {
            state.put(countable, "0");
        }
        stays = false;
    }

    boolean inTransaction() {
        return inTransaction;
    }

    /** Whether it keeps a server beyond its transaction. */
    boolean stays() {
        return stays;
    }

    // ---- what it does ----

    /** One random change that needs no server for longer than a transaction, unless it may stay. */
    void change(boolean mayBegin, boolean mayStay) throws IOException {
        switch (random.nextInt(inTransaction ? 14 : 12)) {
            case 0 -> set("work_mem", 10 + random.nextInt(80) + "MB");
            case 1 -> set("timezone", ZONES[random.nextInt(ZONES.length)]);
            case 2 -> {
                String value = name + "-" + random.nextInt(1000);
                run(
                        RawClient.parse("", "select set_config('app.tenant', '" + value + "', false)"),
                        RawClient.bind("", ""),
                        RawClient.execute(""),
                        RawClient.SYNC);
                state.put("app.tenant", value);
            }
            case 3 -> {
                String role = random.nextBoolean() ? "worker" : "postgres";
                query("set role " + role);
                state.put("role", role);
            }
            case 4 -> {
                query("reset work_mem");
                state.put("work_mem", "4MB");
            }
            case 5 -> set("search_path", "s" + random.nextInt(3));
            case 6 -> prepare();
            case 7, 8 -> execute();
            case 9 -> {
                if (!inTransaction) {
                    query("discard all");
                    forget();
                    query("set search_path = s0; set app.tenant = ''; set timezone = 'GMT'; set work_mem = '4MB'");
                }
            }
            case 10 -> {
                if (mayStay && !inTransaction) {
                    stay();
                }
            }
            case 11 -> {
                if (mayBegin && !inTransaction) {
                    query("begin");
                    inTransaction = true;
                    savepoints.push(new HashMap<>(state));
                }
            }
            case 12 -> {
                query("savepoint s");
                savepoints.push(new HashMap<>(state));
                set("work_mem", 10 + random.nextInt(80) + "MB");
                query("set local timezone = 'Asia/Kolkata'");
                query("rollback to savepoint s; release savepoint s");
                state = savepoints.pop();
            }
            case 13 -> {
                if (random.nextBoolean()) {
                    query("commit");
                    savepoints.clear();
                } else {
                    query("rollback");
                    state = savepoints.pop();
                }
                inTransaction = false;
            }
            default -> throw new IllegalStateException();
        }
    }

    private void set(String setting, String value) throws IOException {
        query("set " + setting + " = '" + value + "'");
        state.put(setting, value);
    }

    private void prepare() throws IOException {
        String statement = "p" + random.nextInt(3);
        // Half of them mean the same to everybody, and what that is differs by the search path.
        String sql = random.nextBoolean() ? "select 'of " + name + "'" : "select n from which";
        FrontendMessage close = new FrontendMessage.Close(Target.STATEMENT, statement);
        if (random.nextBoolean()) {
            run(close, RawClient.parse(statement, sql), RawClient.SYNC);
        } else {
            run(close, RawClient.SYNC);
            query("prepare " + statement + " as " + sql);
        }
        prepared.put(statement, sql);
    }

    private void execute() throws IOException {
        for (Map.Entry<String, String> statement : prepared.entrySet()) {
            String expected = statement.getValue().startsWith("select '")
                    ? "of " + name
                    : String.valueOf(state.get("search_path")).substring(1);
            List<String> said = random.nextInt(4) == 0
                    ? query("execute " + statement.getKey())
                    : run(RawClient.bind("", statement.getKey()), RawClient.execute(""), RawClient.SYNC);
            assertThat(said).as("%s of %s", statement, name).contains("D [" + expected + "]");
        }
        String another = "p" + random.nextInt(3);
        if (!inTransaction && !prepared.containsKey(another)) {
            wire.send(RawClient.query("execute " + another));
            assertThat(wire.readUntil(line -> line.startsWith("Z")))
                    .as("%s, which %s has not prepared", another, name)
                    .first(as(STRING))
                    .startsWith("E ERROR 26000");
        }
    }

    private void stay() throws IOException {
        stays = true;
        switch (random.nextInt(4)) {
            case 0 -> {
                query("create temp table if not exists mine (id int)");
                state.put("temporary", "1");
            }
            case 1 -> {
                query("select pg_advisory_unlock_all(), pg_advisory_lock(hashtext('" + name + "'))");
                state.put("locks", "1");
            }
            case 2 -> {
                query("listen mine"); // which its server forgets at once
            }
            case 3 -> {
                query("close all; declare mine cursor with hold for select 1");
                state.put("cursors", "1");
            }
            default -> throw new IllegalStateException();
        }
    }

    // ---- what it finds ----

    /** Its session is as it left it. */
    void check() throws IOException {
        List<String> said = random.nextBoolean()
                ? query(EVERYTHING)
                : run(RawClient.parse("", EVERYTHING), RawClient.bind("", ""), RawClient.execute(""), RawClient.SYNC);
        List<String> expected = new ArrayList<>();
        for (String each : List.of(
                "work_mem",
                "timezone",
                "app.tenant",
                "role",
                "search_path",
                "temporary",
                "locks",
                "channels",
                "cursors")) {
            expected.add(String.valueOf(state.get(each)));
        }
        expected.add(String.valueOf(state.get("search_path")).substring(1));
        assertThat(said).as("the session of %s", name).contains("D " + expected);
    }

    private List<String> query(String sql) throws IOException {
        return run(RawClient.query(sql));
    }

    private List<String> run(FrontendMessage... messages) throws IOException {
        wire.send(messages);
        List<String> said = wire.readUntil(line -> line.startsWith("Z") || line.equals("end"));
        assertThat(said).as("%s asked %s", name, List.of(messages)).noneMatch(line -> line.startsWith("E"));
        assertThat(said.getLast()).isEqualTo(inTransaction || begins(messages) ? said.getLast() : "Z I");
        return said;
    }

    private static boolean begins(FrontendMessage... messages) {
        return messages[0] instanceof FrontendMessage.Query(String sql) && sql.equals("begin");
    }

    /** Leaves in whatever state it is in, politely or not. */
    void leave() throws IOException {
        if (random.nextBoolean()) {
            wire.send(new FrontendMessage.Terminate());
            wire.close();
        } else if (random.nextBoolean()) {
            wire.reset();
        } else {
            wire.close();
        }
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
