package io.penstock.protocol.session;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The answers that the server still owes, oldest first. */
final class ExpectationQueue {
    private final ArrayDeque<Expectation> queue = new ArrayDeque<>(8);
    /** Entries that may change what a name means to a session: without any, nothing has to be searched. */
    private int notable;

    void add(Expectation expectation) {
        queue.add(expectation);
        notable += weight(expectation);
    }

    @Nullable
    Expectation head() {
        return queue.peek();
    }

    Expectation pop() {
        Expectation popped = queue.remove();
        notable -= weight(popped);
        return popped;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    /** Whether a pending entry that the session has to know of fits. */
    boolean anyNotable(Predicate<Expectation> condition) {
        return notable > 0 && queue.stream().anyMatch(condition);
    }

    /** After an error the server skips everything up to the next Sync. Whether there is one; otherwise the queue is empty. */
    boolean dropUntilSync() {
        while (!queue.isEmpty()) {
            Expectation head = queue.element();
            if (head instanceof Expectation.Sync) {
                return true;
            }
            if (pop() instanceof Expectation.Held(HeldWork work)) {
                work.release();
            }
        }
        return false;
    }

    /**
     * The server begins to read COPY data and ignores every Sync on the way. Those already sent are no longer expected.
     *
     * @return whether the client has sent the end of its data as well
     */
    boolean dropSyncsUntilCopyEnd() {
        for (Iterator<Expectation> entries = queue.iterator(); entries.hasNext(); ) {
            Expectation entry = entries.next();
            if (entry instanceof Expectation.CopyEnd) {
                entries.remove();
                return true;
            }
            if (entry instanceof Expectation.Sync) {
                entries.remove();
            }
        }
        return false;
    }

    /** Takes away what goes on by itself, because something else has to come before it. */
    void dropResume() {
        if (queue.peek() instanceof Expectation.Held(HeldWork.Resume _)) {
            pop();
        }
    }

    void clear() {
        while (!queue.isEmpty()) {
            if (pop() instanceof Expectation.Held(HeldWork work)) {
                work.release();
            }
        }
    }

    private static int weight(Expectation expectation) {
        return switch (expectation) {
            case Expectation.Parse parse -> parse.known() == null ? 0 : 1;
            case Expectation.Bind bind -> bind.message() == null ? 0 : 1;
            case Expectation.Query query -> query.statements().isEmpty() ? 0 : 1;
            // Its portal may be that of a PREPARE, and most are not: whether it is stands in the portals.
            case Expectation.Execute _,
                    Expectation.Step _,
                    Expectation.Describe _,
                    Expectation.HiddenTransaction _,
                    Expectation.CloseStatement _,
                    Expectation.ClosePortal _,
                    Expectation.Sync _,
                    Expectation.FunctionCall _,
                    Expectation.Poison _,
                    Expectation.CopyEnd _,
                    Expectation.Held _ -> 0;
        };
    }
}
