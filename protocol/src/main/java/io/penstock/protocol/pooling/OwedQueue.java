package io.penstock.protocol.pooling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answers that a server still owes, oldest first. */
final class OwedQueue {
    private final ArrayDeque<Owed> queue = new ArrayDeque<>(8);
    /** Each Sync that ends a run of which an error would take something back. */
    private final ArrayDeque<Owed> uncertain = new ArrayDeque<>(1);

    private boolean noted;
    private int queries;
    private int structural;

    void add(Owed answer) {
        queue.add(answer);
        queries += answer instanceof Owed.Query ? 1 : 0;
        structural += isStructural(answer) ? 1 : 0;
        if (!isSync(answer)) {
            noted |= isTakenBack(answer);
        } else if (noted) {
            noted = false;
            uncertain.add(answer);
        }
    }

    @Nullable
    Owed head() {
        return queue.peek();
    }

    void pop() {
        Owed answer = queue.remove();
        queries -= answer instanceof Owed.Query ? 1 : 0;
        structural -= isStructural(answer) ? 1 : 0;
        forget(answer);
    }

    private void forget(Owed answer) {
        if (!uncertain.isEmpty() && isSync(answer)) {
            uncertain.removeIf(sync -> sync == answer);
        }
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    boolean holdsQuery() {
        return queries > 0;
    }

    /** Whether names may mean something else behind an answer that is owed. */
    boolean holdsStructural() {
        return structural > 0;
    }

    /**
     * Whether the answer to an earlier Sync decides about what is noted here: how a message behind it has to be sent is not known before
     * that.
     */
    boolean isUncertain() {
        return !uncertain.isEmpty();
    }

    private static boolean isSync(Owed answer) {
        return answer instanceof Owed.Sync || answer instanceof Owed.OwnSync;
    }

    private static boolean isTakenBack(Owed answer) {
        return switch (answer) {
            case Owed.Parse _,
                    Owed.KnownParse _,
                    Owed.OwnParse _,
                    Owed.OwnStep _,
                    Owed.Query _,
                    Owed.Close _,
                    Owed.KnownClose _,
                    Owed.OwnClose _ -> true;
            case Owed.Bind _,
                    Owed.Describe _,
                    Owed.Execute _,
                    Owed.FunctionCall _,
                    Owed.CopyEnd _,
                    Owed.Ask _,
                    Owed.AskStays _,
                    Owed.Replay _,
                    Owed.OwnQuery _,
                    Owed.Sync _,
                    Owed.OwnSync _ -> false;
        };
    }

    private static boolean isStructural(Owed answer) {
        List<PlannedTrace> traces = List.of();
        if (answer instanceof Owed.Query query) {
            traces = query.traces();
        } else if (answer instanceof Owed.Execute execute) {
            traces = execute.traces();
        }
        return !traces.isEmpty() && traces.stream().anyMatch(PlannedTrace::isStructural);
    }

    /** Whether a ReadyForQuery is owed. */
    boolean holdsReady() {
        return queue.stream().anyMatch(OwedQueue::endsWithReady);
    }

    private static boolean endsWithReady(Owed answer) {
        return switch (answer) {
            case Owed.Sync _,
                    Owed.OwnSync _,
                    Owed.Query _,
                    Owed.FunctionCall _,
                    Owed.Ask _,
                    Owed.AskStays _,
                    Owed.Replay _,
                    Owed.OwnQuery _ -> true;
            case Owed.Parse _,
                    Owed.KnownParse _,
                    Owed.OwnParse _,
                    Owed.OwnStep _,
                    Owed.Bind _,
                    Owed.Describe _,
                    Owed.Execute _,
                    Owed.Close _,
                    Owed.KnownClose _,
                    Owed.OwnClose _,
                    Owed.CopyEnd _ -> false;
        };
    }

    /** After an error the server skips everything up to the next Sync: what was noted for it is taken back, the latest first. */
    void dropUntilSync() {
        List<Runnable> undone = new ArrayList<>();
        Owed refused = queue.peek();
        while (!queue.isEmpty()
                && !(queue.element() instanceof Owed.Sync)
                && !(queue.element() instanceof Owed.OwnSync)) {
            switch (queue.element()) {
                case Owed.Parse parse -> undone.add(parse == refused ? parse.failed() : parse.undo());
                case Owed.KnownParse(Runnable undo) -> undone.add(undo);
                case Owed.OwnParse parse -> undone.add(parse == refused ? parse.failed() : parse.undo());
                case Owed.OwnStep(Runnable undo) -> undone.add(undo);
                case Owed.Query query -> undone.add(query.undo());
                case Owed.Close(Runnable undo) -> undone.add(undo);
                case Owed.KnownClose(Runnable undo) -> undone.add(undo);
                case Owed.OwnClose(Runnable undo) -> undone.add(undo);
                case Owed.Bind _,
                        Owed.Describe _,
                        Owed.Execute _,
                        Owed.FunctionCall _,
                        Owed.CopyEnd _,
                        Owed.Ask _,
                        Owed.AskStays _,
                        Owed.Replay _,
                        Owed.OwnQuery _,
                        Owed.Sync _,
                        Owed.OwnSync _ -> {}
            }
            pop();
        }
        undone.reversed().forEach(Runnable::run);
    }

    /** The server reads COPY data and ignores every Sync on the way; whether the client has sent the end of its data as well. */
    boolean dropSyncsUntilCopyEnd() {
        for (Iterator<Owed> entries = queue.iterator(); entries.hasNext(); ) {
            Owed entry = entries.next();
            if (entry instanceof Owed.CopyEnd) {
                entries.remove();
                return true;
            }
            if (entry instanceof Owed.Sync) {
                entries.remove();
                forget(entry);
            }
        }
        return false;
    }
}
