package io.penstock.node.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowChange;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The SQL of the journal, on connections that the caller hands in. All times are the database's: nodes' clocks differ.
 *
 * <p>A change of state always carries the states that it may leave in its WHERE, taken from {@link JournalMachine}; an update of no row is a move that
 * is not in the table, and changes nothing.
 */
final class JournalStore {
    private static final String INTEND = """
        with wanted as (
            select * from jsonb_to_recordset(?::jsonb) as w(id uuid, user_name text, role_name text, schema_name text, table_name text,
                operation text, upsert_on text, rows jsonb, keys text[], correlation text, api text, time_left_ms bigint)
        ), blocked as (
            select distinct on (w.id) w.id, j.id as blocker
            from wanted w join penstock.mutation_journal j
              on j.schema_name = w.schema_name and j.table_name = w.table_name and j.keys && w.keys and j.id <> w.id
            where j.state in ('INTENT', 'IN_DOUBT') and (j.state = 'IN_DOUBT' or j.deadline < clock_timestamp())
        ), written as (
            insert into penstock.mutation_journal (id, user_name, role_name, schema_name, table_name, operation, upsert_on, rows, keys,
                correlation, api, node, deadline)
            select id, user_name, role_name, schema_name, table_name, operation, upsert_on, rows, keys, correlation, api, ?,
                clock_timestamp() + time_left_ms * interval '1 millisecond'
            from wanted where id not in (select id from blocked)
            on conflict (id) do nothing
        )
        select id, blocker from blocked\
        """;

    private static final String MOVE = """
        update penstock.mutation_journal
        set state = ?, answer = ?::jsonb, error = case when ? then null else coalesce(?::jsonb, error) end, reason = ?, keys = coalesce(?, keys),
            http_status = coalesce(?, http_status), api_request_id = coalesce(?, api_request_id),
            attempt = attempt + ?, next_attempt_at = clock_timestamp() + ? * interval '1 millisecond', updated_at = clock_timestamp()
        where id = ? and state = any(?)\
        """;

    private static final String CLAIM = """
        select id, state, schema_name, table_name, operation, upsert_on, rows, answer, attempt,
            (extract(epoch from clock_timestamp() - deadline) * 1000)::bigint as since_deadline_ms
        from penstock.mutation_journal
        where state in ('INTENT', 'ACCEPTED', 'IN_DOUBT', 'PARKED')
          and (next_attempt_at is null or next_attempt_at <= clock_timestamp())
          and (state in ('IN_DOUBT', 'PARKED') or deadline <= clock_timestamp() or node <> all(?) or id = any(?))
        order by created_at
        limit 1
        for update skip locked\
        """;

    private static final String RETRY_LATER = """
        update penstock.mutation_journal
        set attempt = attempt + 1, reason = ?, next_attempt_at = clock_timestamp() + ? * interval '1 millisecond', updated_at = clock_timestamp()
        where id = ? and state in ('INTENT', 'ACCEPTED', 'IN_DOUBT', 'PARKED')\
        """;

    private static final String STANDINGS = """
        select id, state, node = ? and deadline > clock_timestamp() as busy from penstock.mutation_journal where id = any(?)\
        """;

    private static final String PRUNE = """
        delete from penstock.mutation_journal where id in (
            select id from penstock.mutation_journal
            where created_at < clock_timestamp() - ? * interval '1 millisecond' and state in ('REJECTED', 'NOT_APPLIED', 'APPLIED')
            order by created_at limit ? for update skip locked)\
        """;

    /**
     * How an entry stands.
     *
     * @param busy its statement may still be running on the node that asks
     */
    record Standing(JournalState state, boolean busy) {}

    private JournalStore() {}

    /**
     * Writes all entries in one statement. One that is there already (its commit was not heard of) is as good as written.
     *
     * @return for each that was not written because the outcome of an earlier change of one of its rows is not known: that change's id
     */
    static Map<UUID, UUID> intend(Connection connection, Collection<JournalEntry> entries, String node)
            throws SQLException {
        ArrayNode wanted = JournalJson.array();
        entries.forEach(entry -> wanted.add(toJson(entry)));
        Map<UUID, UUID> blocked = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(INTEND)) {
            statement.setString(1, text(wanted));
            statement.setString(2, node);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    blocked.put(rows.getObject(1, UUID.class), rows.getObject(2, UUID.class));
                }
            }
        }
        return blocked;
    }

    /** @return false where the entry is in none of the states that the change may leave (or does not exist): nothing has changed then */
    static boolean move(Connection connection, UUID id, Change change) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MOVE)) {
            Answer answer = change.answer();
            boolean done = change.to() == JournalState.APPLIED;
            Duration later = change.retryIn();
            statement.setString(1, change.to().name());
            // What is in the table needs no second copy here, and what once stood in its way is history.
            statement.setString(2, answer == null || done ? null : text(JournalJson.answer(answer)));
            statement.setBoolean(3, done);
            statement.setString(4, change.error() == null ? null : text(change.error()));
            statement.setString(5, change.reason());
            statement.setArray(6, answer == null ? null : textArray(connection, answer.keys()));
            statement.setObject(7, change.trace().httpStatus(), Types.INTEGER);
            statement.setString(8, change.trace().requestId());
            statement.setInt(9, change.attempts());
            statement.setObject(10, later == null ? null : later.toMillis(), Types.BIGINT);
            statement.setObject(11, id);
            statement.setArray(
                    12,
                    textArray(
                            connection,
                            change.from().stream().map(JournalState::name).toList()));
            return statement.executeUpdate() == 1;
        }
    }

    /** Locks the oldest entry that is due, until the end of the transaction; entries that another recovery has locked are passed over. */
    static Optional<OpenEntry> claim(Connection connection, Collection<String> liveNodes, Collection<UUID> left)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CLAIM)) {
            statement.setArray(1, textArray(connection, liveNodes));
            statement.setArray(2, connection.createArrayOf("uuid", left.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(entry(row)) : Optional.empty();
            }
        }
    }

    /** How the entries stand; one that the journal does not have is not in the answer. */
    static Map<UUID, Standing> standings(Connection connection, Collection<UUID> ids, String node) throws SQLException {
        Map<UUID, Standing> standings = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(STANDINGS)) {
            statement.setString(1, node);
            statement.setArray(2, connection.createArrayOf("uuid", ids.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    standings.put(
                            rows.getObject(1, UUID.class),
                            new Standing(JournalState.valueOf(rows.getString(2)), rows.getBoolean(3)));
                }
            }
        }
        return standings;
    }

    /** Notes that an attempt has come to nothing for a reason that says nothing about the mutation itself. */
    static void retryLater(Connection connection, UUID id, String reason, Duration delay) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RETRY_LATER)) {
            statement.setString(1, reason);
            statement.setLong(2, delay.toMillis());
            statement.setObject(3, id);
            statement.executeUpdate();
        }
    }

    /** Deletes at most {@code limit} finished entries older than {@code retention}. */
    static int prune(Connection connection, Duration retention, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PRUNE)) {
            statement.setLong(1, retention.toMillis());
            statement.setInt(2, limit);
            return statement.executeUpdate();
        }
    }

    static Array textArray(Connection connection, Collection<String> elements) throws SQLException {
        return connection.createArrayOf("text", elements.toArray());
    }

    private static ObjectNode toJson(JournalEntry entry) {
        Mutation mutation = entry.mutation();
        ObjectNode json = JournalJson.object()
                .put("id", mutation.id().toString())
                .put("user_name", entry.user())
                .put("role_name", entry.role())
                .put("schema_name", mutation.table().schema())
                .put("table_name", mutation.table().table())
                .put("operation", mutation.operation().name())
                .put("upsert_on", mutation.upsertOn())
                .put("api", entry.api())
                .put("time_left_ms", entry.timeLeft().toMillis());
        if (mutation.operation() == Operation.INSERT) {
            json.put(
                    "correlation",
                    mutation.table().correlationField() == null
                            ? null
                            : mutation.id().toString());
        } else {
            ArrayNode keys = json.putArray("keys");
            mutation.rows().stream().map(RowChange::key).forEach(keys::add);
        }
        json.set("rows", JournalJson.rows(entry));
        return json;
    }

    private static OpenEntry entry(ResultSet row) throws SQLException {
        try {
            JsonNode rows = JournalJson.parse(row.getString("rows"));
            String answer = row.getString("answer");
            return new OpenEntry(
                    Objects.requireNonNull(row.getObject("id", UUID.class)),
                    JournalState.valueOf(row.getString("state")),
                    row.getString("schema_name"),
                    row.getString("table_name"),
                    Operation.valueOf(row.getString("operation")),
                    row.getString("upsert_on"),
                    JournalJson.changes(rows),
                    JournalJson.local(rows),
                    answer == null ? null : JournalJson.answer(JournalJson.parse(answer)),
                    row.getInt("attempt"),
                    Duration.ofMillis(row.getLong("since_deadline_ms")));
        } catch (JsonProcessingException e) {
            throw new SQLException("jsonb that is no JSON", e);
        }
    }

    private static String text(JsonNode json) {
        return new String(JournalJson.bytes(json), StandardCharsets.UTF_8);
    }
}
