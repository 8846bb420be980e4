package io.penstock.node.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Epochs and notes of limiters in {@code penstock.limiters}, see {@code credentials.sql}. */
public final class JdbcEpochStore implements EpochStore {
    // The conflicting row is the newest there is, whatever began at the same time; a look at it apart might be at an
    // older one.
    private static final String BEGIN = """
        insert into penstock.limiters as kept (account, epoch) values (?, 1)
        on conflict (account) do update set epoch = kept.epoch + 1, seen_at = clock_timestamp(), note = null,
            begun_with = kept.note, begun_after = clock_timestamp() - kept.seen_at
        returning epoch, (extract(epoch from begun_after) * 1000)::bigint as since_seen, begun_with::text as note
        """;

    private static final String RENEW = "update penstock.limiters set seen_at = clock_timestamp(), note = ?::jsonb"
            + " where account = ? and epoch = ?";

    private static final Logger LOG = LoggerFactory.getLogger(JdbcEpochStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JdbcCalls calls;

    /** @param blocking where statements may block: one virtual thread each */
    public JdbcEpochStore(DataSource database, Executor blocking) {
        this.calls = new JdbcCalls(database, blocking);
    }

    @Override
    public CompletionStage<Begun> begin(String account) {
        return calls.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(BEGIN)) {
                statement.setString(1, account);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    Long sinceSeen = row.getObject("since_seen", Long.class);
                    Duration since = sinceSeen == null ? null : Duration.ofMillis(Math.max(0, sinceSeen));
                    return new Begun(row.getLong("epoch"), since, note(account, row.getString("note")));
                }
            }
        });
    }

    @Override
    public CompletionStage<Boolean> renew(String account, long epoch, LimiterNote note) {
        return calls.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
                statement.setString(1, text(note));
                statement.setString(2, account);
                statement.setLong(3, epoch);
                return statement.executeUpdate() == 1;
            }
        });
    }

    private static String text(LimiterNote note) {
        try {
            return JSON.writeValueAsString(note);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a note is numbers and names", impossible);
        }
    }

    private static @Nullable LimiterNote note(String account, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return JSON.readValue(text, LimiterNote.class);
        } catch (JsonProcessingException ofAnotherVersion) {
            // Without it the limiter waits until everything that may have been granted has left the windows.
            LOG.warn("what the limiter of account {} left behind cannot be read", account);
            return null;
        }
    }
}
