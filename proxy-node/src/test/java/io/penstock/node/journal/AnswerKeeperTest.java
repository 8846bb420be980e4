package io.penstock.node.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerKeeperTest {
    @TempDir
    Path folder;

    @Test
    void holdsAcrossALifeAndForgetsWhatWasReleased() throws Exception {
        Path path = folder.resolve("deeper/answers-demo");
        UUID kept = new UUID(0, 1);
        UUID released = new UUID(0, 2);
        try (AnswerKeeper keeper = AnswerKeeper.open(path, 1_000)) {
            await(keeper.hold(kept, new byte[] {'1'}));
            await(keeper.hold(released, new byte[] {'2'}));
            await(keeper.release(released));
        }
        try (AnswerKeeper keeper = AnswerKeeper.open(path, 1_000)) {
            assertThat(keeper.held()).extracting(AnswerRecord.Held::id).containsExactly(kept);
            assertThat(keeper.held().getFirst().answer()).containsExactly('1');
        }
    }

    @Test
    void manyAtOncePayForFewFsyncs() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        try (AnswerKeeper keeper = AnswerKeeper.start(disk, 1_000_000, "test")) {
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                all.add(keeper.hold(new UUID(1, i), new byte[10]).toCompletableFuture());
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
            assertThat(disk.forces.get()).isLessThan(1_000);
            assertThat(keeper.held()).hasSize(2_000);
        }
    }

    @Test
    void hasNoRoomBeyondItsBound() throws Exception {
        try (AnswerKeeper keeper = AnswerKeeper.start(new MemoryDisk(), 100, "test")) {
            assertThat(keeper.hasRoom()).isTrue();
            await(keeper.hold(new UUID(0, 1), new byte[200]));
            assertThat(keeper.hasRoom()).isFalse();
            await(keeper.release(new UUID(0, 1)));
            assertThat(keeper.hasRoom()).isTrue();
        }
    }

    @Test
    void aFailedDiskIsSaidAndAClosedKeeperToo() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        AnswerKeeper keeper = AnswerKeeper.start(disk, 1_000, "test");
        disk.failForce(true);
        assertThat(keeper.hold(new UUID(0, 1), new byte[1]).toCompletableFuture())
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IOException.class);
        keeper.close();
        assertThat(keeper.hold(new UUID(0, 2), new byte[1]).toCompletableFuture())
                .failsWithin(10, TimeUnit.SECONDS);
    }

    /** The thread ended, and every statement whose answer was to be kept waited for ever, with its locks. */
    @Test
    void whatBreaksFailsTheAnswerAndNotThoseAfterIt() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        try (AnswerKeeper keeper = AnswerKeeper.start(disk, 1_000, "test")) {
            disk.broken(true);
            assertThat(keeper.hold(new UUID(0, 1), new byte[1]).toCompletableFuture())
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(IOException.class);
            disk.broken(false);
            await(keeper.hold(new UUID(0, 2), new byte[1]));
            assertThat(keeper.held()).extracting(AnswerRecord.Held::id).contains(new UUID(0, 2));
        }
    }

    private static void await(CompletionStage<?> stage) throws Exception {
        stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
