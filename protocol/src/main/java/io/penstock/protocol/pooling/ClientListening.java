package io.penstock.protocol.pooling;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.Listening;
import io.penstock.protocol.sql.SessionTrace;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client in transaction mode listens to. Its LISTEN runs on the server that it has at the moment, so that Postgres judges it; what
 * it hears comes from a listener that clients share, which listens before the statement runs, so that nothing is missed between the two.
 *
 * <pre>
 * event                                     what happens
 * LISTEN is to be sent                      kept; reserve
 * NOTIFY is to be sent by one who listens   kept; fence, once on each server that the client gets
 * answered, before a statement              it is sent; if not granted, the client keeps its server, which listens itself
 * completed, COMMIT                         what is listened to changes as the transaction has said
 * completed, ROLLBACK                       it does not
 * ready, in no transaction                  likewise, by whether there was an error; what was heard goes to the client in front of it
 * ready, in no transaction, behind NOTIFY   fence: first the client is to have what it has sent itself
 * ready, nothing owed                       what was heard of channels that are only reserved was for others
 * rests                                     reserved channels that were not committed are left; the server is told UNLISTEN
 * heard, the client is idle                 NotificationResponse
 * heard, it is not                          kept; too much: fail
 * lost                                      fail, as soon as the client is in no transaction
 * </pre>
 *
 * <p>A notification bears the process id of the server on which it was sent. One of which it is certain that the client has sent it
 * bears the client's own: it has come from the client's server, behind a fence, so that nobody who had that before has sent it.
 */
public final class ClientListening {
    /** What may wait for a client that is in a transaction, or does not read: a hundred of the longest. */
    private static final int MOST_BYTES = 1024 * 1024;

    /** What waits for the listener's answer. */
    private enum Asked {
        BEFORE_STATEMENT,
        BEFORE_READY
    }

    private final VirtualServer virtual;
    private final ListenerRequests listener;
    private final int ownProcessId;
    private final ListenLog log = new ListenLog();
    private final ArrayDeque<Notification> inbox = new ArrayDeque<>(0);
    private Set<String> channels = Set.of();
    private Set<String> reserved = Set.of();
    /** The channels of the request under way that were not reserved before. */
    private List<String> requested = List.of();

    /** The listener answers in the order in which it was asked: a statement may be kept while a ReadyForQuery is. */
    private final ArrayDeque<Asked> asked = new ArrayDeque<>(0);

    private @Nullable Frame withheld;
    private long bytes;
    private boolean answered;
    private boolean fenced;
    private boolean notifies;
    private boolean failed;
    private boolean serverListens;
    private boolean lost;

    ClientListening(VirtualServer virtual, ListenerRequests listener, int ownProcessId) {
        this.virtual = virtual;
        this.listener = listener;
        this.ownProcessId = ownProcessId;
    }

    // ---- the listener ----

    /** The answer to a request. */
    public void answered(boolean yes) {
        Asked answer = asked.poll();
        fenced |= yes;
        answered = true;
        switch (answer) {
            case null -> {}
            case BEFORE_STATEMENT -> {
                if (!yes) {
                    Set<String> kept = new HashSet<>(reserved);
                    requested.forEach(kept::remove);
                    reserved = kept;
                }
                requested = List.of();
                virtual.rest();
            }
            case BEFORE_READY -> {
                Frame ready = withheld;
                withheld = null;
                if (ready != null) {
                    virtual.passOn(ready);
                }
            }
        }
        answered = false;
    }

    /** Somebody has sent something on a channel that the client has, or has reserved. */
    public void heard(Notification notification) {
        if (!channels.contains(notification.channel()) && !reserved.contains(notification.channel())) {
            return;
        }
        if (requested.contains(notification.channel()) && !channels.contains(notification.channel())) {
            return; // sent before its LISTEN
        }
        boolean own = fenced && virtual.isOn(notification.processId());
        inbox.add(own ? notification.from(ownProcessId) : notification);
        bytes += notification.bytes();
        if (bytes > MOST_BYTES) {
            inbox.clear();
            channels = Set.of();
            reserved = Set.of();
            virtual.effects().fail(ErrorCode.NOTIFICATIONS_UNREAD.error(MOST_BYTES));
        }
    }

    /** The listener hears nothing any more, and what has been sent meanwhile is not known. */
    public void lost() {
        lost |= !channels.isEmpty() || !reserved.isEmpty();
        failIfLost();
    }

    private void failIfLost() {
        if (lost && virtual.isIdle()) {
            lost = false;
            virtual.effects().fail(ErrorCode.NOTIFICATIONS_LOST.error());
        }
    }

    // ---- messages to the server ----

    /** Another server: what it sends may have been another client's until a fence. */
    void attached() {
        fenced = false;
    }

    /** Whether a statement with these traces has to be kept until {@link #answered}. */
    boolean postpones(List<SessionTrace> traces) {
        if (answered) {
            answered = false;
            return false;
        }
        List<String> wanted = traces.isEmpty() || virtual.session().listensItself() ? List.of() : wanted(traces);
        if (!wanted.isEmpty()) {
            requested = wanted.stream()
                    .filter(channel -> !reserved.contains(channel))
                    .toList();
            reserved = with(reserved, wanted);
            asked.add(Asked.BEFORE_STATEMENT);
            listener.reserve(virtual.told().encoding(), wanted);
            return true;
        }
        if (!fenced && listens() && traces.stream().anyMatch(trace -> trace.listening() instanceof Listening.Notify)) {
            asked.add(Asked.BEFORE_STATEMENT);
            listener.fence();
            return true;
        }
        return false;
    }

    private static List<String> wanted(List<SessionTrace> traces) {
        return traces.stream()
                .map(SessionTrace::listening)
                .filter(Listening.Listen.class::isInstance)
                .map(listening -> ((Listening.Listen) listening).channel())
                .toList();
    }

    private static Set<String> with(Set<String> some, Collection<String> more) {
        Set<String> both = new HashSet<>(some);
        both.addAll(more);
        return both;
    }

    /** Whether messages of the client have to wait. */
    boolean isAsking() {
        return asked.contains(Asked.BEFORE_STATEMENT);
    }

    /** Whether messages of the server have to wait. */
    boolean isWithholding() {
        return withheld != null;
    }

    private boolean listens() {
        return !channels.isEmpty() || !log.isEmpty();
    }

    /**
     * A statement is about to be sent.
     *
     * @return whether its server has to listen itself
     */
    boolean sending(@Nullable Listening statement) {
        if (statement instanceof Listening.Listen(String channel)) {
            serverListens |= reserved.contains(channel);
            return !reserved.contains(channel);
        }
        notifies |= statement instanceof Listening.Notify;
        return false;
    }

    // ---- messages of the server ----

    /** The server has completed statements, of which these are known to do something. */
    void completed(List<PlannedTrace> planned, Frame completion) {
        boolean rolledBackTo = false;
        for (PlannedTrace plan : planned) {
            Listening statement = plan.trace().discardsAll()
                    ? new Listening.Unlisten(null)
                    : plan.trace().listening();
            rolledBackTo |= statement instanceof Listening.RollbackTo;
            if (statement != null && !isServersOwn(statement)) {
                log.completed(statement);
            }
        }
        if ((failed || !log.isEmpty())
                && completion.is(BackendType.COMMAND_COMPLETE)
                && BackendMessages.decode(completion) instanceof BackendMessage.CommandComplete(String tag)) {
            switch (tag) {
                case "COMMIT" -> {
                    committed();
                    failed = false;
                }
                case "ROLLBACK" -> {
                    failed = false;
                    if (!rolledBackTo) {
                        log.clear();
                    }
                }
                default -> {}
            }
        }
    }

    /** Whether it is a LISTEN of a channel to which the server listens itself. */
    private boolean isServersOwn(Listening statement) {
        return statement instanceof Listening.Listen(String channel) && !reserved.contains(channel);
    }

    /** The server has reported an error. */
    void failed() {
        failed = true;
    }

    /**
     * ReadyForQuery has come.
     *
     * @return whether it is kept until {@link #answered}; then it comes again
     */
    boolean withholds(Frame ready, TransactionStatus status) {
        if (answered) {
            answered = false;
            return false;
        }
        if (status != TransactionStatus.IDLE || !notifies || !listens()) {
            return false;
        }
        withheld = ready;
        asked.add(Asked.BEFORE_READY);
        listener.fence();
        return true;
    }

    /** ReadyForQuery is no longer owed. */
    void ready(TransactionStatus status, boolean nothingOwed) {
        switch (status) {
            case IDLE -> {
                if (!failed) {
                    committed();
                }
                log.clear();
                notifies &= !nothingOwed;
                failed = false;
            }
            case IN_BLOCK -> failed = false;
            case FAILED -> {}
        }
        if (nothingOwed) {
            forget(channels);
        }
    }

    private void committed() {
        if (log.isEmpty()) {
            return;
        }
        Set<String> before = channels;
        channels = log.applyTo(before);
        log.clear();
        forget(with(channels, reserved));
        leave(before);
    }

    /** What was heard of any other channel is not for the client. */
    private void forget(Set<String> others) {
        if (!inbox.isEmpty() && inbox.removeIf(heard -> !others.contains(heard.channel()))) {
            bytes = inbox.stream().mapToLong(Notification::bytes).sum();
        }
    }

    private void leave(Set<String> some) {
        Set<String> left = new HashSet<>(some);
        left.removeAll(channels);
        left.removeAll(reserved);
        if (!left.isEmpty()) {
            listener.leave(left);
        }
    }

    /** What the client, which is idle, is to have next of what was heard; null if there is nothing. */
    @Nullable
    Frame poll() {
        Notification first = inbox.peek();
        if (first == null || !channels.contains(first.channel())) {
            return null;
        }
        inbox.remove();
        bytes -= first.bytes();
        return first.frame();
    }

    /** The client is told that it is idle: in front of that it gets what was heard. Whether that was anything. */
    boolean giveTo(OwnReplies own) {
        boolean any = false;
        for (Frame next = poll(); next != null; next = poll()) {
            own.add(next);
            any = true;
        }
        return any;
    }

    /** A server's own notification, which the client is to have only where the server listens itself, and nobody else does. */
    boolean passes(Frame notification) {
        return virtual.session().listensItself()
                && !channels.contains(Notification.of(notification).channel());
    }

    /** Everything is answered, and the client is in no transaction. Whether the server listens, and has to be told that it shall not. */
    boolean settle() {
        if (!reserved.isEmpty()) {
            Set<String> before = reserved;
            reserved = Set.of();
            leave(before);
            forget(channels);
        }
        failIfLost();
        boolean tell = serverListens && !virtual.session().listensItself();
        serverListens = false;
        return tell;
    }

    /** Whether the server listens to something that it should not. */
    boolean isServerListening() {
        return serverListens;
    }

    /** The client has gone. */
    void release() {
        inbox.clear();
        if (withheld != null) {
            withheld.release();
            withheld = null;
        }
    }
}
