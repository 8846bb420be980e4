package io.penstock.node.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.penstock.node.backend.WriterPool;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.TestLoops;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WriterTransactionTest {
    @Test
    void aWriterThatIsNotThereIsAnErrorOfTheStatement() throws Exception {
        try (TestLoops loops = TestLoops.start(IoKind.automatic())) {
            EventLoop home = loops.loops.next();
            WriterPool pool = new WriterPool(1, CompletableFuture::new, home);
            Throwable noneFree = pool.lease(Duration.ofMillis(1))
                    .<Throwable>handle((_, failure) -> failure)
                    .toCompletableFuture()
                    .get();

            PgError error = WriterTransaction.error(new CompletionException(noneFree));

            assertThat(error.sqlState()).isEqualTo("53300");
            assertThat(error.severity()).isEqualTo(Severity.ERROR);
        }
    }

    /** It was told as a lost connection, and nobody could see what it was. */
    @Test
    void aMistakeOfOursIsNotToldAsALostConnection() {
        CompletableFuture<PgError> told = CompletableFuture.<PgError>failedFuture(new ConcurrentModificationException())
                .thenApply(answer -> answer)
                .exceptionally(WriterTransaction::error);

        assertThatThrownBy(told::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ConcurrentModificationException.class);
    }
}
