package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.node.contract.TalliedConnection.Asks;
import io.penstock.node.contract.TalliedConnection.Outcome;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The rows that one client of a random run alone changes, and what each of them must hold. */
final class OwnRows {
    /** One row of its own. */
    private record Row(String lastName, String note, int score, int rank) {}

    private final TalliedConnection on;
    private final String department;
    private final Random random;
    private final Map<String, Row> own = new TreeMap<>();
    private int made;
    private int prepared;

    OwnRows(TalliedConnection on, String department, Random random) {
        this.on = on;
        this.department = department;
        this.random = random;
    }

    void insertOne() throws SQLException {
        String name = nextName();
        int score = random.nextInt(100);
        Outcome made = on.run(
                Asks.ONE_REQUEST,
                "insert into salesforce.contacts (last_name, department, note, score, local_rank)"
                        + " values (?, ?, upper(?) || '!', ? + 1, ?) returning id, name, note, score::int, local_rank",
                name,
                department,
                name,
                score,
                score);
        if (made.failed()) {
            return;
        }
        Row row = new Row(name, name.toUpperCase(Locale.ROOT) + "!", score + 1, score);
        on.expect(made, 0, name, row.note(), row.score(), row.rank());
        own.put(String.valueOf(made.value(0, 0)), row);
    }

    void insertSeveral() throws SQLException {
        String name = nextName();
        int count = 2 + random.nextInt(6);
        Outcome made = on.run(
                Asks.ONE_REQUEST,
                "insert into salesforce.contacts (last_name, department, note, score)"
                        + " select ? || n, ?, 'n' || n, n from generate_series(1, ?) n"
                        + " returning id, last_name, note, score::int, local_rank",
                name,
                department,
                count);
        if (made.failed()) {
            return;
        }
        assertThat(made.rows()).hasSize(count);
        for (int n = 1; n <= count; n++) {
            Row row = new Row(name + n, "n" + n, n, 7);
            on.expect(made, n - 1, row.lastName(), row.note(), row.score(), row.rank());
            own.put(String.valueOf(made.value(n - 1, 0)), row);
        }
    }

    /** One request a statement, pipelined by the driver. */
    void insertBatch() throws SQLException {
        if (on.faults()) {
            insertOne(); // which of a batch has failed is not told
            return;
        }
        String name = nextName();
        try (PreparedStatement insert = on.connection()
                .prepareStatement(
                        "insert into salesforce.contacts (last_name, department, note, score) values (?, ?, ?, ?)",
                        new String[] {"id"})) {
            for (int n = 1; n <= 3; n++) {
                insert.setString(1, name + n);
                insert.setString(2, department);
                insert.setString(3, "batch");
                insert.setInt(4, n);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).containsExactly(1, 1, 1);
            on.tally().statements += 3;
            on.tally().accepted += 3;
            try (ResultSet keys = insert.getGeneratedKeys()) {
                for (int n = 1; n <= 3; n++) {
                    assertThat(keys.next()).isTrue();
                    own.put(keys.getString(1), new Row(name + n, "batch", n, 7));
                }
            }
        }
    }

    void updateByKey() throws SQLException {
        String id = anyOwn();
        int more = random.nextInt(5);
        Outcome done = on.run(
                Asks.ONE_REQUEST,
                "update salesforce.contacts as c set note = right(c.note || ?, 20), score = score + ?"
                        + " where id = ? returning id, c.note, c.score::int as points",
                "k" + more,
                more,
                id);
        Row row = own.get(id);
        if (done.failed() || row == null) {
            return;
        }
        Row changed = new Row(row.lastName(), right(row.note() + "k" + more), row.score() + more, row.rank());
        own.put(id, changed);
        on.expect(done, 0, changed.note(), changed.score());
    }

    void updateByPredicate() throws SQLException {
        int bound = random.nextInt(60);
        Outcome done = on.run(
                Asks.ONE_REQUEST,
                "update salesforce.contacts set score = score + 1 where department = ? and score < ?",
                department,
                bound);
        if (!done.failed()) {
            List<String> ids = ownWhereScore(score -> score < bound);
            ids.forEach(id -> own.computeIfPresent(
                    id, (_, row) -> new Row(row.lastName(), row.note(), row.score() + 1, row.rank())));
            on.expectCount(done, ids.size());
        }
    }

    void updateFrom() throws SQLException {
        String one = anyOwn();
        String other = anyOwn();
        if (one.equals(other)) {
            return;
        }
        int rank = random.nextInt(1000);
        Outcome done = on.run(
                Asks.ONE_REQUEST,
                "update salesforce.contacts as c set note = v.note, local_rank = v.rank"
                        + " from (values (?, ?, ?), (?, ?, ?)) as v(id, note, rank) where c.id = v.id",
                one,
                "from one",
                rank,
                other,
                "from other",
                rank + 1);
        if (!done.failed()) {
            on.expectCount(done, (own.containsKey(one) ? 1 : 0) + (own.containsKey(other) ? 1 : 0));
            own.computeIfPresent(one, (_, row) -> new Row(row.lastName(), "from one", row.score(), rank));
            own.computeIfPresent(other, (_, row) -> new Row(row.lastName(), "from other", row.score(), rank + 1));
        }
    }

    void updateLocalColumn() throws SQLException {
        String id = anyOwn();
        int rank = random.nextInt(1000);
        Outcome done = on.run(
                Asks.NOTHING,
                "update salesforce.contacts set local_rank = ? where id = ? returning id, local_rank",
                rank,
                id);
        Row row = own.get(id);
        if (!done.failed() && row != null) {
            own.put(id, new Row(row.lastName(), row.note(), row.score(), rank));
            on.expect(done, 0, rank);
        }
    }

    void executePrepared() throws SQLException {
        String id = anyOwn();
        String name = "p" + prepared++;
        on.run(
                Asks.NOTHING,
                "prepare " + name + " (text, int) as update salesforce.contacts set score = $2 where id = $1");
        Outcome done = on.run(Asks.ONE_REQUEST, "execute " + name + " ('" + id + "', 40 + 2)");
        on.run(Asks.NOTHING, "deallocate " + name);
        if (!done.failed()) {
            on.expectCount(done, own.containsKey(id) ? 1 : 0);
            own.computeIfPresent(id, (_, row) -> new Row(row.lastName(), row.note(), 42, row.rank()));
        }
    }

    void deleteByKey() throws SQLException {
        String id = anyOwn();
        Outcome done =
                on.run(Asks.ONE_REQUEST, "delete from salesforce.contacts where id = ? returning id, last_name", id);
        if (!done.failed()) {
            Row row = own.remove(id);
            if (row != null) {
                on.expect(done, 0, row.lastName());
            }
        }
    }

    void deleteByPredicate() throws SQLException {
        int bound = 60 + random.nextInt(60);
        Outcome done = on.run(
                Asks.ONE_REQUEST,
                "delete from salesforce.contacts where department = ? and score > ?",
                department,
                bound);
        if (!done.failed()) {
            List<String> ids = ownWhereScore(score -> score > bound);
            ids.forEach(own::remove);
            on.expectCount(done, ids.size());
        }
    }

    void deleteUsing() throws SQLException {
        String id = anyOwn();
        String item = nextName();
        on.run(Asks.NOTHING, "insert into public.orders (contact_id, item, amount) values (?, ?, 1.5)", id, item);
        on.tally().orders++;
        Outcome done = on.run(
                Asks.ONE_REQUEST,
                "delete from salesforce.contacts c using public.orders o where o.contact_id = c.id and o.item = ?",
                item);
        if (!done.failed()) {
            on.expectCount(done, own.remove(id) == null ? 0 : 1);
        }
    }

    /** All rows must hold what they should. */
    void select() throws SQLException {
        Outcome read = on.run(
                Asks.NOTHING,
                "select id, last_name, note, score::int, local_rank from salesforce.contacts"
                        + " where department = ? order by id collate \"C\"",
                department);
        if (on.faults()) {
            // Whatever the statements that failed have come to.
            own.clear();
            for (List<@Nullable String> row : read.rowsOrNone()) {
                own.put(
                        String.valueOf(row.get(0)),
                        new Row(String.valueOf(row.get(1)), String.valueOf(row.get(2)), 0, 0));
            }
            return;
        }
        List<List<String>> expected = new ArrayList<>();
        own.forEach((id, row) -> expected.add(
                List.of(id, row.lastName(), row.note(), String.valueOf(row.score()), String.valueOf(row.rank()))));
        assertThat(read.rows()).as("the rows of " + department).isEqualTo(expected);
    }

    /** A name that no other row has. */
    String nextName() {
        return department + "-" + made++;
    }

    /** The id of one of them. */
    String anyOwn() {
        return own.isEmpty() ? "nobody" : List.copyOf(own.keySet()).get(random.nextInt(own.size()));
    }

    private List<String> ownWhereScore(IntPredicate condition) {
        return own.entrySet().stream()
                .filter(entry -> condition.test(entry.getValue().score()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String right(String text) {
        return text.length() <= 20 ? text : text.substring(text.length() - 20);
    }
}
