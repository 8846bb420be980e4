package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.node.contract.TalliedConnection.Asks;
import io.penstock.node.contract.TalliedConnection.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** One client of a random run: one random thing after another, to rows of its own and to rows that all clients change. */
final class RandomClient implements AutoCloseable {
    /** Department of the rows whose score all clients raise. */
    static final String SHARED = "Shared";
    /** Department of the rows that all clients delete. */
    static final String PREY = "Prey";
    /** How many different values of a unique column all clients insert. */
    static final int NUMBERS = 40;

    /** Something to do. */
    @FunctionalInterface
    private interface Deed {
        void run() throws SQLException;
    }

    private final TalliedConnection on;
    private final OwnRows own;
    private final String department;
    private final Random random;
    private final List<Deed> deeds;

    RandomClient(Connection connection, int number, long seed, boolean faults) {
        this.department = "Random " + number;
        this.random = new Random(seed * 31 + number);
        this.on = new TalliedConnection(connection, department, faults);
        this.own = new OwnRows(on, department, random);
        this.deeds = List.of(
                own::insertOne,
                own::insertOne,
                own::insertSeveral,
                own::insertBatch,
                own::updateByKey,
                own::updateByKey,
                own::updateByPredicate,
                own::updateFrom,
                own::updateLocalColumn,
                this::updateNothing,
                own::executePrepared,
                own::deleteByKey,
                own::deleteByPredicate,
                own::deleteUsing,
                this::bumpOne,
                this::bumpOne,
                this::bumpSeveral,
                this::eat,
                this::insertUnlessThere,
                own::select,
                own::select,
                this::explain,
                this::writeOrder,
                this::refused,
                this::refused,
                this::transaction,
                this::transaction,
                this::repeatableRead,
                this::lockOwnRow);
    }

    /** @return what came of it */
    RandomTally run(int statements) throws SQLException {
        while (on.tally().statements < statements) {
            deeds.get(random.nextInt(deeds.size())).run();
        }
        own.select();
        return on.tally();
    }

    @Override
    public void close() throws SQLException {
        on.close();
    }

    private void updateNothing() throws SQLException {
        on.expectCount(on.run(Asks.NOTHING, "update salesforce.contacts set note = 'x' where id = 'nobody'"), 0);
        on.expectCount(on.run(Asks.NOTHING, "delete from salesforce.contacts where department = ?", "nobody"), 0);
    }

    private void bumpOne() throws SQLException {
        Outcome done = on.run(
                Asks.ONE_REQUEST,
                "update salesforce.contacts set score = score + 1 where department = ? and last_name = ? returning score",
                SHARED,
                "Shared " + (1 + random.nextInt(3)));
        if (!done.failed()) {
            on.tally().bumps++;
            assertThat(done.rows()).hasSize(1);
        }
    }

    /** The rows come in any order, so that two of these may meet as any two statements of Postgres do. */
    private void bumpSeveral() throws SQLException {
        String sql = "update salesforce.contacts set score = score + 1 where department = ? and last_name >= ?";
        Outcome done = on.run(Asks.ONE_REQUEST, Set.of("40P01"), sql, SHARED, "Shared 3");
        if (!done.failed()) {
            on.tally().bumps += done.count();
            assertThat(done.count()).isEqualTo(3);
        }
    }

    private void eat() throws SQLException {
        Outcome done = on.run(
                Asks.ONE_REQUEST,
                "delete from salesforce.contacts where id ="
                        + " (select id from salesforce.contacts where department = ? order by random() limit 1) returning id",
                PREY);
        if (!done.failed()) {
            on.tally().eaten += done.rowsOrNone().size();
        }
    }

    /** Where two come at once neither sees the other's row, and the API decides. */
    private void insertUnlessThere() throws SQLException {
        on.run(
                Asks.ONE_REQUEST,
                Set.of("23505"),
                "insert into salesforce.accounts (name, customer_number) values (?, ?), (?, ?)"
                        + " on conflict (customer_number) do nothing returning id, customer_number",
                own.nextName(),
                "N" + random.nextInt(NUMBERS / 2),
                own.nextName(),
                "N" + (NUMBERS / 2 + random.nextInt(NUMBERS / 2)));
    }

    private void explain() throws SQLException {
        Outcome plan = on.run(
                Asks.NOTHING,
                "explain update salesforce.contacts set note = 'x' where department = '" + department + "'");
        assertThat(plan.rows()).isNotEmpty();
    }

    private void writeOrder() throws SQLException {
        String item = own.nextName();
        on.run(Asks.NOTHING, "insert into public.orders (item, amount) values (?, ?)", item, random.nextInt(100));
        on.tally().orders++;
        on.expectCount(on.run(Asks.NOTHING, "update public.orders set amount = amount + 1 where item = ?", item), 1);
    }

    private void refused() throws SQLException {
        switch (random.nextInt(12)) {
            case 0 ->
                refusedByApi("22P02", "insert into salesforce.contacts (last_name, email) values ('E', 'no address')");
            case 1 -> refusedByApi("23514", "insert into salesforce.contacts (last_name) values ('A'), ('Forbidden')");
            case 2 ->
                refusedByApi("22P02", "insert into salesforce.contacts (last_name, lead_source) values ('A', 'Dune')");
            case 3 ->
                refused("54000", "insert into salesforce.contacts (last_name) select 'A' from generate_series(1, 201)");
            case 4 ->
                refused(
                        "22012",
                        "update salesforce.contacts set score = 1 / (score - score) where last_name = 'Shared 1'");
            case 5 -> refused("0A000", "update salesforce.contacts set id = 'x' where last_name = 'Shared 1'");
            case 6 -> refused("0A000", "truncate salesforce.contacts");
            case 7 -> refused("42703", "update salesforce.contacts set nowhere = 1");
            case 8 -> refused("42501", "do $$ begin delete from salesforce.contacts; end $$");
            case 9 -> refused("22P02", "insert into salesforce.contacts (last_name, score) values ('A', 'many')");
            case 10 ->
                refused("428C9", "insert into salesforce.contacts (last_name, created_date) values ('A', now())");
            default ->
                refused(
                        "0A000",
                        "insert into salesforce.accounts (name) values ('A') on conflict (id) do update set name = 'B'");
        }
    }

    private void refusedByApi(String sqlState, String sql) throws SQLException {
        Outcome outcome = on.run(Asks.ONE_REQUEST, Set.of(sqlState), sql);
        assertThat(outcome.failed()).as(sql).isTrue();
    }

    private void refused(String sqlState, String sql) throws SQLException {
        Outcome outcome = on.run(Asks.NOTHING, Set.of(sqlState), sql);
        assertThat(outcome.failed()).as(sql).isTrue();
    }

    /** What synced rows were changed inside it stays, what ordinary ones were goes with it. */
    private void transaction() throws SQLException {
        List<Deed> inner = List.of(
                own::insertOne,
                own::updateByKey,
                own::updateFrom,
                own::deleteByKey,
                this::bumpOne,
                own::updateLocalColumn,
                own::select);
        on.begin(Connection.TRANSACTION_READ_COMMITTED);
        on.run(Asks.NOTHING, "insert into public.orders (item, amount) values (?, 1)", own.nextName());
        for (int n = random.nextInt(3); n >= 0; n--) {
            inner.get(random.nextInt(inner.size())).run();
        }
        if (random.nextInt(3) == 0 && !on.aborted()) {
            Savepoint before = on.connection().setSavepoint();
            refused();
            if (!on.aborted()) {
                on.connection().rollback(before);
                bumpOne();
            }
        }
        boolean keep = random.nextBoolean();
        on.end(keep);
        if (keep && !on.aborted()) {
            on.tally().orders++;
        }
    }

    private void repeatableRead() throws SQLException {
        on.begin(Connection.TRANSACTION_REPEATABLE_READ);
        own.select();
        Outcome done = on.run(
                Asks.ONE_REQUEST,
                Set.of("40001"),
                "update salesforce.contacts set score = score + 1 where department = ? and last_name = 'Shared 1'",
                SHARED);
        on.tally().bumps += done.count();
        on.end(false);
    }

    private void lockOwnRow() throws SQLException {
        String id = own.anyOwn();
        on.begin(Connection.TRANSACTION_READ_COMMITTED);
        Outcome locked = on.run(Asks.NOTHING, "select id from salesforce.contacts where id = ? for update", id);
        if (!on.aborted() && !locked.rowsOrNone().isEmpty()) {
            refused("55P03", "update salesforce.contacts set note = 'never' where id = '" + id + "'");
        }
        on.end(false);
    }
}
