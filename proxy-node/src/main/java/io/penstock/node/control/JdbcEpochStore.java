package io.penstock.node.control;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;

/** Epochs of limiters in {@code penstock.limiters}, see {@code credentials.sql}. */
public final class JdbcEpochStore implements EpochStore {
    private static final String BEGIN = """
        with before as (select account, seen_at from penstock.limiters where account = ?)
        insert into penstock.limiters as kept (account, epoch) values (?, 1)
        on conflict (account) do update set epoch = kept.epoch + 1, seen_at = clock_timestamp()
        returning epoch,
            (select (extract(epoch from clock_timestamp() - seen_at) * 1000)::bigint from before) as since_seen
        """;

    private static final String RENEW =
            "update penstock.limiters set seen_at = clock_timestamp() where account = ? and epoch = ?";

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
                statement.setString(2, account);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    Long sinceSeen = row.getObject("since_seen", Long.class);
                    long epoch = row.getLong("epoch");
                    // A row that appeared between the look and the insert was made just now.
                    Duration since =
                            epoch == 1 ? null : Duration.ofMillis(sinceSeen == null ? 0 : Math.max(0, sinceSeen));
                    return new Begun(epoch, since);
                }
            }
        });
    }

    @Override
    public CompletionStage<Boolean> renew(String account, long epoch) {
        return calls.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
                statement.setString(1, account);
                statement.setLong(2, epoch);
                return statement.executeUpdate() == 1;
            }
        });
    }
}
