package io.penstock.node.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns an {@link AnswerFile}: everything that waits is written and fsynced together, so that a hundred statements at once pay for
 * one fsync. It is a platform thread of its own because a virtual one would hold a carrier for as long as the disk takes.
 */
public final class AnswerKeeper implements AutoCloseable {
    /** How much may wait for Postgres before new mutations are refused. Postgres has been away for long by then, and memory holds a copy of it all. */
    public static final long DEFAULT_BOUND_BYTES = 64L << 20;

    private static final int BATCH = 256;

    private record Task(AnswerRecord record, CompletableFuture<@Nullable Void> done) {}

    private final AnswerFile file;
    private final long boundBytes;
    private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile List<AnswerRecord.Held> held;
    private volatile long heldBytes;
    private volatile boolean closed;

    private AnswerKeeper(AnswerFile file, long boundBytes, String name) {
        this.file = file;
        this.boundBytes = boundBytes;
        this.held = file.held();
        this.heldBytes = file.heldBytes();
        this.thread = Thread.ofPlatform().name("answers-" + name).daemon().unstarted(this::run);
    }

    /** Opens the file at {@code path}, making it where there is none. One file for each node and database. */
    public static AnswerKeeper open(Path path, long boundBytes) throws IOException {
        return start(FileDisk.open(path), boundBytes, String.valueOf(path.getFileName()));
    }

    static AnswerKeeper start(AnswerDisk disk, long boundBytes, String name) throws IOException {
        AnswerKeeper keeper = new AnswerKeeper(AnswerFile.open(disk), boundBytes, name);
        keeper.thread.start();
        return keeper;
    }

    /** Whether there is room for the answer to one more mutation. Ask before anything is sent, not after. */
    boolean hasRoom() {
        return heldBytes < boundBytes;
    }

    /** The answers that are held, oldest first. */
    List<AnswerRecord.Held> held() {
        return held;
    }

    Optional<AnswerRecord.Held> held(UUID id) {
        return held.stream().filter(answer -> answer.id().equals(id)).findFirst();
    }

    /** Completed once the answer survives kill -9 and loss of power; failed with {@link IOException} where it does not. */
    CompletionStage<@Nullable Void> hold(UUID id, byte[] answer) {
        return submit(new AnswerRecord.Held(id, answer));
    }

    /** To be called after the transaction that stored the row has been committed, never before. */
    CompletionStage<@Nullable Void> release(UUID id) {
        return submit(new AnswerRecord.Released(id));
    }

    /** Writes what waits, then closes the file. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CompletionStage<@Nullable Void> submit(AnswerRecord record) {
        Task task = new Task(record, new CompletableFuture<>());
        tasks.add(task);
        if (closed && tasks.remove(task)) {
            task.done().completeExceptionally(new IOException("the answer file is closed"));
        }
        return task.done();
    }

    private void run() {
        List<Task> batch = new ArrayList<>();
        try (file) {
            while (!closed || !tasks.isEmpty()) {
                Task first = tasks.poll(50, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                tasks.drainTo(batch, BATCH - 1);
                write(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(List<Task> batch) {
        @Nullable IOException failure = null;
        try {
            file.append(batch.stream().map(Task::record).toList());
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            // Should this thread end, every statement whose answer is to be kept would wait for ever.
            failure = new IOException("the answer file broke", e);
        }
        held = file.held();
        heldBytes = file.heldBytes();
        for (Task task : batch) {
            if (failure == null || task.record() instanceof AnswerRecord.Released) {
                task.done().complete(null);
            } else {
                task.done().completeExceptionally(failure);
            }
        }
    }
}
