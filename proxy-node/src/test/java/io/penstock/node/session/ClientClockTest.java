package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.ClientTimeouts;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.message.TransactionStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a client's time is over, row by row of {@link ClientClock}. */
class ClientClockTest {
    private final ClientClock clock =
            new ClientClock(new ClientTimeouts(Duration.ofMillis(100), Duration.ofMillis(30), Duration.ofMillis(60)));
    private long heard;

    private @Nullable ErrorCode at(long millis, @Nullable TransactionStatus resting) {
        return clock.look(millis * 1_000_000, heard, resting);
    }

    @Test
    void whoRestsInNoTransactionHasTheTimeOfTheIdle() {
        assertThat(at(0, TransactionStatus.IDLE)).isNull();
        assertThat(at(99, TransactionStatus.IDLE)).isNull();
        assertThat(at(100, TransactionStatus.IDLE)).isEqualTo(ErrorCode.IDLE_SESSION_TIMEOUT);
    }

    @Test
    void whoRestsInATransactionHasLess() {
        assertThat(at(0, TransactionStatus.IN_BLOCK)).isNull();
        assertThat(at(29, TransactionStatus.IN_BLOCK)).isNull();
        assertThat(at(30, TransactionStatus.IN_BLOCK)).isEqualTo(ErrorCode.IDLE_IN_TRANSACTION_TIMEOUT);
    }

    @Test
    void aFailedTransactionIsOneToo() {
        assertThat(at(0, TransactionStatus.FAILED)).isNull();
        assertThat(at(30, TransactionStatus.FAILED)).isEqualTo(ErrorCode.IDLE_IN_TRANSACTION_TIMEOUT);
    }

    @Test
    void whoIsOwedAnAnswerWaitsForTheTimeOfAQuery() {
        assertThat(at(0, null)).isNull();
        assertThat(at(59, null)).isNull();
        assertThat(at(60, null)).isEqualTo(ErrorCode.QUERY_TIMEOUT);
    }

    @Test
    void whoeverDoesSomethingBeginsAgain() {
        at(0, TransactionStatus.IDLE);
        heard++;
        assertThat(at(99, TransactionStatus.IDLE)).isNull();
        assertThat(at(198, TransactionStatus.IDLE)).isNull();
        assertThat(at(198, TransactionStatus.IN_BLOCK)).isNull();
        assertThat(at(227, TransactionStatus.IN_BLOCK)).isNull();
        assertThat(at(228, TransactionStatus.IN_BLOCK)).isEqualTo(ErrorCode.IDLE_IN_TRANSACTION_TIMEOUT);
    }

    @Test
    void withoutLimitsNobodyIsLookedAt() {
        assertThat(ClientClock.distance(ClientTimeouts.NONE)).isZero();
        assertThat(ClientClock.distance(new ClientTimeouts(null, Duration.ofSeconds(3), Duration.ofHours(1))))
                .isEqualTo(300);
        assertThat(ClientClock.distance(new ClientTimeouts(Duration.ofDays(1), null, null)))
                .isEqualTo(1_000);
    }
}
