package io.penstock.sandbox.server;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The latest requests in the order of their arrival. Bounded, because a bench sends millions. */
public final class RequestLog {
    private static final int KEPT = 5_000;
    private static final long KEPT_BYTES = 64L << 20;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Clock clock;
    private long bytes;
    private long count;

    RequestLog(Clock clock) {
        this.clock = clock;
    }

    /** One request from its arrival until its answer; it is written by the server only. */
    final class Entry {
        private ReceivedRequest request;

        private Entry(ReceivedRequest request) {
            this.request = request;
        }

        void finished(int status, int rows, long nanos, @Nullable String fault) {
            synchronized (RequestLog.this) {
                request = new ReceivedRequest(
                        request.number(),
                        request.time(),
                        request.method(),
                        request.target(),
                        rows,
                        status,
                        nanos / 1e6,
                        request.body(),
                        fault);
            }
        }
    }

    synchronized Entry arrived(SandboxRequest request, boolean secret) {
        byte[] body = secret ? new byte[0] : request.body();
        Entry entry = new Entry(
                new ReceivedRequest(++count, clock.instant(), request.method(), request.target(), 0, 0, 0, body, null));
        entries.addLast(entry);
        bytes += body.length;
        while (entries.size() > KEPT || bytes > KEPT_BYTES && entries.size() > 1) {
            bytes -= entries.removeFirst().request.body().length;
        }
        return entry;
    }

    /** The latest ones, oldest first. */
    public synchronized List<ReceivedRequest> latest() {
        List<ReceivedRequest> latest = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            latest.add(entry.request);
        }
        return latest;
    }

    /** All that arrived since the last reset, also those no longer kept. */
    public synchronized long count() {
        return count;
    }

    synchronized void clear() {
        entries.clear();
        bytes = 0;
        count = 0;
    }
}
