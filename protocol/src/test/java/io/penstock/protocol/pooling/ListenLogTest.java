package io.penstock.protocol.pooling;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.protocol.sql.LexerOptions;
import io.penstock.protocol.sql.Listening;
import io.penstock.protocol.sql.SessionTraces;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row of the table of {@link ListenLog}: {@code a} and {@code b} are listened to before. */
class ListenLogTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen c                                                                 | a b c",
                "listen c; unlisten c                                                     | a b",
                "unlisten a                                                               | b",
                "unlisten *; listen c                                                     | c",
                "unlisten a; listen a                                                     | a b",
                "savepoint s; listen c; rollback to s                                     | a b",
                "listen c; savepoint s; unlisten a; rollback to savepoint s               | a b c",
                "listen c; savepoint s; listen d; rollback to s; rollback to s; listen e  | a b c e",
                "listen c; savepoint s; listen d; savepoint s; listen e; rollback to s    | a b c d",
                "listen c; savepoint s; listen d; savepoint t; listen e; rollback to s    | a b c",
                "listen c; savepoint s; listen d; release s; rollback to s                | a b",
                "savepoint o; listen c; savepoint s; listen d; release savepoint o        | a b c d",
                "savepoint o; listen c; savepoint s; release o; savepoint t; rollback to t | a b c",
                "listen c; savepoint s; savepoint t; listen d; release t; rollback to s   | a b c",
                "notify c; select pg_notify('c', '')                                      | a b",
            })
    void whatIsListenedToAfterTheCommit(String statements, String channels) {
        ListenLog log = new ListenLog();
        SessionTraces.read(statements, LexerOptions.DEFAULT).forEach(trace -> {
            Listening did = trace.listening();
            assertThat(did).as(statements).isNotNull();
            if (did != null) {
                log.completed(did);
            }
        });

        assertThat(log.applyTo(Set.of("a", "b"))).containsExactlyInAnyOrder(channels.split(" "));
    }
}
