package io.penstock.protocol.pooling;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a shared server answers, held against what it owes.
 *
 * <pre>
 * message                        the first thing owed                 what happens
 * any but a parameter, a notice  Ask, AskStays, Replay, OwnQuery      read, not passed on
 * ParseComplete, CloseComplete   OwnParse, OwnClose                   not passed on
 * BindComplete, CommandComplete  OwnStep                              not passed on
 * ParameterStatus                Replay                               noted
 * ParameterStatus                any other                            noted, passed on; its setting is asked for at the end
 * CommandComplete                Query, Execute                       passed on; DISCARD ALL, PREPARE, DEALLOCATE and DDL are noted
 * CopyInResponse                 any                                  passed on; each Sync before the end of the data is no longer owed
 * ErrorResponse                  OwnParse, OwnStep before OwnSync     kept for the Query behind it
 * ErrorResponse 26000, 25P02     Query                                the one that was kept, if there is one, else passed on
 * ErrorResponse                  Query, FunctionCall, Sync            passed on
 * ErrorResponse                  any other                            passed on; nothing is owed up to the next Sync, and what was noted
 *                                                                     for it is taken back
 * ErrorResponse 0A000, XX000     Bind, Describe                       likewise, and the statement is prepared anew next time: its result
 *                                                                     has another type than when it was, or a type is gone
 * ReadyForQuery                  OwnSync, and those of the first row  not passed on
 * ReadyForQuery                  any other                            passed on, behind notifications, see {@link ClientListening}; the
 *                                                                     server may be let go
 * NotificationResponse           any                                  not passed on, unless the server listens itself
 * any other                      any                                  passed on
 * </pre>
 */
final class VirtualReplies {
    private static final String FEATURE_NOT_SUPPORTED = "0A000";
    /** Among others: cache lookup failed for type 16461, because the type has been dropped. */
    private static final String INTERNAL_ERROR = "XX000";

    private static final String INVALID_SQL_STATEMENT_NAME = "26000";
    private static final String IN_FAILED_SQL_TRANSACTION = "25P02";

    private final VirtualServer virtual;
    private final OwedQueue owed;
    private final SettingsFollow settings;
    private final List<@Nullable String> values = new ArrayList<>(0);
    private @Nullable PgError ownError;
    /** Why a statement could not be prepared for the query behind it: the client gets it in that one's answer. */
    private @Nullable Frame earlier;

    private int completedOfQuery;
    private boolean copyIn;

    VirtualReplies(VirtualServer virtual, OwedQueue owed, SettingsFollow settings) {
        this.virtual = virtual;
        this.owed = owed;
        this.settings = settings;
    }

    boolean copyIn() {
        return copyIn;
    }

    /** The client has ended its data; whether the server was reading them. */
    boolean endCopyIn() {
        boolean was = copyIn;
        copyIn = false;
        return was;
    }

    /** Takes the frame over; what the session is to have of it. */
    @Nullable
    Frame accept(Frame frame) {
        Owed head = owed.head();
        switch (frame.type()) {
            case BackendType.DATA_ROW, BackendType.COPY_DATA -> {
                return isOwn(head) ? row(frame) : frame;
            }
            case BackendType.PARAMETER_STATUS -> {
                return parameter(frame, head);
            }
            case BackendType.NOTICE_RESPONSE -> {
                return frame;
            }
            case BackendType.NOTIFICATION_RESPONSE -> {
                return virtual.listening().passes(frame) ? frame : hidden(frame);
            }
            case BackendType.READY_FOR_QUERY -> {
                return ready(frame, head);
            }
            case BackendType.ERROR_RESPONSE -> {
                return error(frame, head);
            }
            default -> {
                if (isOwn(head)) {
                    return hidden(frame);
                }
            }
        }
        return switch (frame.type()) {
            case BackendType.PARSE_COMPLETE, BackendType.CLOSE_COMPLETE -> {
                boolean ours = head instanceof Owed.OwnParse || head instanceof Owed.OwnClose;
                answered();
                yield ours ? hidden(frame) : frame;
            }
            case BackendType.BIND_COMPLETE -> {
                boolean ours = head instanceof Owed.OwnStep;
                answered();
                yield ours ? hidden(frame) : frame;
            }
            case BackendType.ROW_DESCRIPTION, BackendType.NO_DATA -> {
                if (head instanceof Owed.Describe) {
                    answered();
                }
                yield frame;
            }
            case BackendType.COMMAND_COMPLETE, BackendType.EMPTY_QUERY_RESPONSE -> {
                if (head instanceof Owed.OwnStep) {
                    answered();
                    yield hidden(frame);
                }
                completed(head, frame);
                if (frame.is(BackendType.COMMAND_COMPLETE) && CatalogChanges.mayFollow(frame.body())) {
                    virtual.catalogChanged();
                }
                yield frame;
            }
            case BackendType.PORTAL_SUSPENDED -> {
                answered();
                virtual.rest();
                yield frame;
            }
            case BackendType.COPY_IN_RESPONSE -> {
                copyIn = !owed.dropSyncsUntilCopyEnd();
                virtual.rest(); // a client that has ended sends no data
                yield frame;
            }
            default -> frame;
        };
    }

    private static boolean isOwn(@Nullable Owed head) {
        return head instanceof Owed.Ask
                || head instanceof Owed.AskStays
                || head instanceof Owed.Replay
                || head instanceof Owed.OwnQuery;
    }

    private void answered() {
        if (!owed.isEmpty()) {
            owed.pop();
        }
        virtual.own().giveKnown();
    }

    private static @Nullable Frame hidden(Frame frame) {
        frame.release();
        return null;
    }

    private @Nullable Frame row(Frame frame) {
        if ((owed.head() instanceof Owed.Ask || owed.head() instanceof Owed.AskStays)
                && BackendMessages.decode(frame) instanceof BackendMessage.DataRow(var columns)) {
            byte[] value = columns.getFirst();
            values.add(value == null ? null : new String(value, StandardCharsets.ISO_8859_1));
        }
        return hidden(frame);
    }

    private @Nullable Frame parameter(Frame frame, @Nullable Owed head) {
        boolean ours = head instanceof Owed.Replay;
        if (BackendMessages.decode(frame) instanceof BackendMessage.ParameterStatus(String name, String value)) {
            virtual.told().parameter(virtual.server(), name, value, ours);
        }
        return ours ? hidden(frame) : frame;
    }

    private void completed(@Nullable Owed head, Frame completion) {
        copyIn = false;
        List<PlannedTrace> planned = switch (head) {
            case Owed.Query(List<PlannedTrace> traces, Runnable _) -> {
                int statement = completedOfQuery++;
                yield statement < traces.size() ? List.of(traces.get(statement)) : List.of();
            }
            case Owed.Execute(List<PlannedTrace> traces) -> traces;
            case null, default -> List.of();
        };
        virtual.session().completed(planned);
        virtual.listening().completed(planned, completion);
        if (head instanceof Owed.Execute) {
            owed.pop();
            virtual.own().giveKnown();
            virtual.rest();
        }
    }

    private @Nullable Frame error(Frame frame, @Nullable Owed head) {
        copyIn = false;
        PgError error = ((BackendMessage.ErrorResponse) BackendMessages.decode(frame)).error();
        if (error.severity().endsSession()) {
            return frame;
        }
        if (!isOwn(head)) {
            virtual.listening().failed();
        }
        switch (head) {
            case Owed.Ask _, Owed.AskStays _, Owed.Replay _, Owed.OwnQuery _ -> {
                ownError = error;
                return hidden(frame);
            }
            case Owed.Query _ -> {
                Frame reason = takeEarlier();
                if (reason != null && isMissing(error)) {
                    frame.release();
                    return virtual.names().inClientsWords(reason);
                }
                if (reason != null) {
                    reason.release();
                }
            }
            case Owed.FunctionCall _, Owed.Sync _, Owed.OwnSync _ -> {}
            case Owed.Bind(Definition definition) -> failed(error, definition);
            case Owed.Describe(Definition definition) -> failed(error, definition);
            case null, default -> {
                virtual.skips();
                if (owed.head() instanceof Owed.OwnSync) {
                    release();
                    earlier = frame;
                    return null;
                }
            }
        }
        return virtual.names().inClientsWords(frame);
    }

    /** Whether the statement may have failed because what it executes could not be prepared before it. */
    private static boolean isMissing(PgError error) {
        return error.sqlState().equals(INVALID_SQL_STATEMENT_NAME)
                || error.sqlState().equals(IN_FAILED_SQL_TRANSACTION);
    }

    private @Nullable Frame takeEarlier() {
        Frame taken = earlier;
        earlier = null;
        return taken;
    }

    /** Nothing comes any more, or nobody waits for it. */
    void release() {
        Frame unread = takeEarlier();
        if (unread != null) {
            unread.release();
        }
    }

    private void failed(PgError error, @Nullable Definition definition) {
        virtual.skips();
        if (definition != null
                && (error.sqlState().equals(FEATURE_NOT_SUPPORTED)
                        || error.sqlState().equals(INTERNAL_ERROR)
                        || error.sqlState().equals(INVALID_SQL_STATEMENT_NAME))) {
            virtual.stale(definition);
        }
    }

    private @Nullable Frame ready(Frame frame, @Nullable Owed head) {
        TransactionStatus status = ((BackendMessage.ReadyForQuery) BackendMessages.decode(frame)).status();
        boolean ours = isOwn(head) || head instanceof Owed.OwnSync;
        if (!ours && virtual.withholds(frame, status)) {
            return null;
        }
        copyIn = false;
        completedOfQuery = 0;
        if (head instanceof Owed.Query) {
            release();
        }
        if (head != null) {
            owed.pop();
        }
        PgError failure = ownError;
        ownError = null;
        virtual.ready(status);
        switch (head) {
            case Owed.Ask(List<String> names) -> asked(names, failure);
            case Owed.AskStays _ -> {
                if (failure == null && values.equals(List.of("f"))) {
                    virtual.session().nothingStays();
                }
                values.clear();
            }
            case Owed.Replay _ -> virtual.replayed(failure);
            case null, default -> {}
        }
        boolean behindHeard = !ours && status == TransactionStatus.IDLE && virtual.giveHeard();
        if (behindHeard) {
            virtual.own().add(frame);
        }
        virtual.own().giveKnown();
        virtual.rest();
        if (behindHeard) {
            return null;
        }
        return ours ? hidden(frame) : frame;
    }

    private void asked(List<String> names, @Nullable PgError failure) {
        if (failure != null || values.size() != names.size()) {
            virtual.session().stay(Stays.UNREADABLE_SETTING);
        } else {
            for (int i = 0; i < names.size(); i++) {
                settings.told(names.get(i), values.get(i), virtual.server());
            }
        }
        values.clear();
    }
}
