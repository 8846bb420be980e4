package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.SessionTrace;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server as one client's session sees it in transaction mode: one of its own, though each transaction may run on another one of a
 * pool. Messages in, messages out; no clock, no sockets.
 *
 * <pre>
 * state      event                                  what happens                                               next
 * any        Terminate                              end, as soon as every Query and Sync before it is answered
 * DETACHED   Sync                                   ReadyForQuery, here                                        DETACHED
 *            Flush                                  nothing                                                    DETACHED
 *            any other message                      kept, wantServer                                           WAITING
 * WAITING    message                                kept                                                       WAITING
 *            cancel                                 57014 for what is kept first, see {@link #cancel}          WAITING, or DETACHED
 *            attached, the settings are the same    what was kept is sent                                      ATTACHED
 *            attached, they differ                  set_config for each, Sync                                  REPLAYING
 * REPLAYING  message                                kept                                                       REPLAYING
 *            ReadyForQuery, none has failed         parameters that differ are told; what was kept is sent     ATTACHED
 *            ReadyForQuery, one has failed          fail: the session cannot go on                             ATTACHED
 * ATTACHED   message                                sent, see {@link PreparedMessages}
 *            message behind PREPARE, DEALLOCATE,    kept until that is answered; not Sync, Flush and the data of a COPY that
 *              DISCARD                                the server reads
 *            message behind the Sync of a run       likewise
 *              that prepares or closes
 *            answer                                 see {@link VirtualReplies}
 *            ReadyForQuery in no transaction, nothing owed or kept, not held:
 *              the server listens                   it is told not to, see {@link ClientListening}              ATTACHED
 *              settings may have changed            the server is asked for them                               ATTACHED
 *              something stays, and Postgres may
 *                know better by now                 it is asked                                                ATTACHED
 *              something stays                      nothing                                                    ATTACHED
 *              otherwise                            release                                                    DETACHED
 * </pre>
 *
 * <p>Not safe for use by several threads. Frames and buffers handed in are taken over.
 */
public final class VirtualServer {
    /** What is done outside. */
    public interface Effects extends ListenerRequests {
        /** Answer by {@link #attached}, at once or later. */
        void wantServer();

        /** The client does not wait any more. */
        void unwantServer();

        void toServer(ByteBuf messages);

        /** The server rests, and is no longer the client's. */
        void release();

        /** The client has said that it ends, and everything before that is answered. */
        void end();

        /** The client's session cannot go on. */
        void fail(PgError error);

        /** From now on the client keeps its server: until its end, DISCARD ALL, or until Postgres knows that nothing stays. */
        void stays(Stays reason);
    }

    /** Of a message that is wrong for its body: the server says so. */
    private static final int NOT_BARE = 0;

    private final Effects effects;
    private final ServerMessages messages;
    private final ClientContents client;
    private final PreparedMessages prepared;
    private final SettingsFollow settings;
    private final ToldParameters told;
    private final StatementNames names;
    private final TracedSession session;
    private final ClientListening listening;
    private final OutgoingMessages outgoing;
    private final VirtualReplies replies;
    private final OwedQueue owed = new OwedQueue();
    private final OwnReplies own = new OwnReplies(owed);
    private final KeptMessages kept = new KeptMessages();

    private @Nullable ServerContents server;
    private TransactionStatus status = TransactionStatus.IDLE;
    private boolean wanted;
    private boolean replaying;
    private boolean held;
    private boolean open;
    private boolean skipping;
    private boolean draining;
    private boolean terminated;
    /** In the transaction that goes on. */
    private boolean catalogChanged;

    /**
     * @param processId the one that the client knows as its own
     * @param told the parameters that the client was told at its login
     * @param initial settings that are the client's own from the beginning, by name in lower case
     */
    public VirtualServer(
            Effects effects,
            int processId,
            Map<String, String> told,
            Map<String, String> initial,
            ByteBufAllocator allocator) {
        this.effects = effects;
        this.messages = new ServerMessages(allocator);
        this.client = new ClientContents(initial, told);
        this.prepared = new PreparedMessages(this, client, messages);
        this.settings = new SettingsFollow(client);
        this.told = new ToldParameters(client, settings, own);
        this.names = new StatementNames(this, client, messages);
        this.session = new TracedSession(this, client, settings);
        this.listening = new ClientListening(this, effects, processId);
        this.replies = new VirtualReplies(this, owed, settings);
        this.outgoing = new OutgoingMessages(this, client, messages, replies, owed);
    }

    // ---- the session ----

    /** Whole messages for the server. */
    public void fromSession(ByteBuf bytes) {
        while (true) {
            int length = 1 + bytes.getInt(bytes.readerIndex() + 1);
            byte type = bytes.getByte(bytes.readerIndex());
            if (bytes.readableBytes() <= length) {
                accept(new Frame(type, bytes));
                return;
            }
            accept(new Frame(type, bytes.readRetainedSlice(length)));
        }
    }

    /** An answer that is given here, or null. To be polled before anything of the server. */
    public @Nullable Frame poll() {
        Frame answer = own.poll();
        return answer == null && isIdle() ? listening.poll() : answer;
    }

    /** Whether messages of the server have to wait, because something has to reach the client before them. */
    public boolean isWithholding() {
        return listening.isWithholding();
    }

    /** What the client listens to. */
    public ClientListening listening() {
        return listening;
    }

    /** How much waits for a server. */
    public long keptBytes() {
        return kept.bytes();
    }

    /** A mutation begins or ends: the server stays the client's meanwhile. */
    public void held(boolean now) {
        held = now;
        if (!now) {
            rest();
        }
    }

    /**
     * The client wants what it runs to be cancelled. Whether it was done here, because no server has it yet; otherwise the server has to
     * be told.
     */
    public boolean cancel() {
        if (server != null || kept.isEmpty()) {
            return server == null;
        }
        Frame first = kept.remove();
        boolean simple = first.is(FrontendType.QUERY) || first.is(FrontendType.FUNCTION_CALL);
        first.release();
        own.add(BackendMessage.ErrorResponse.of(ErrorCode.CANCELED.error()));
        if (simple) {
            own.addReady();
        } else {
            skipping = true;
        }
        drain();
        if (kept.isEmpty() && wanted) {
            wanted = false;
            effects.unwantServer();
        }
        return true;
    }

    /** The client has gone: in which status its server rests; null if it has none, or it does not rest. */
    public @Nullable TransactionStatus leave() {
        kept.release();
        own.release();
        replies.release();
        listening.release();
        return server != null && !open && owed.isEmpty() ? status : null;
    }

    /** Whether the server's session may hold something that is not in its {@link ServerContents}. */
    public boolean dirty() {
        return session.stays() != null
                || settings.touched()
                || listening.isServerListening()
                || replaying
                || status != TransactionStatus.IDLE;
    }

    /** Why the client keeps its server, or null. */
    public @Nullable Stays stays() {
        return session.stays();
    }

    // ---- the server ----

    /** The answer to {@link Effects#wantServer}. */
    public void attached(ServerContents given) {
        server = given;
        wanted = false;
        open = false;
        session.fresh(true);
        listening.attached();
        List<ServerMessages.Setting> differing = settings.differing(given);
        if (differing.isEmpty()) {
            told.tell(given);
            drain();
        } else {
            replaying = true;
            given.unnamed(ServerContents.NOBODYS);
            send(messages.set(differing), new Owed.Replay());
        }
    }

    /** A message of the server; what the session is to have of it. */
    public @Nullable Frame fromServer(Frame frame) {
        return replies.accept(frame);
    }

    // ---- for the parts ----

    Effects effects() {
        return effects;
    }

    TracedSession session() {
        return session;
    }

    PreparedMessages prepared() {
        return prepared;
    }

    StatementNames names() {
        return names;
    }

    OwnReplies own() {
        return own;
    }

    ToldParameters told() {
        return told;
    }

    ServerContents server() {
        ServerContents attached = server;
        if (attached == null) {
            throw new IllegalStateException("there is no server");
        }
        return attached;
    }

    void send(ByteBuf bytes, @Nullable Owed answer) {
        if (answer != null) {
            owed.add(answer);
        }
        open = true;
        effects.toServer(bytes);
    }

    /** In a failed transaction the server takes no Parse, and what a query before it will have done is not known yet. */
    boolean mayRefuseParse() {
        return status == TransactionStatus.FAILED || owed.holdsQuery();
    }

    /** What another client has drawn from sequences on the server is not this one's. */
    void discardSequences() {
        ownQuery("DISCARD SEQUENCES");
    }

    private void ownQuery(String sql) {
        server().unnamed(null);
        send(messages.query(sql), new Owed.OwnQuery());
    }

    /** Whether the client is in no transaction, and waits for nothing. */
    boolean isIdle() {
        boolean rests = server == null ? !wanted : !open && owed.isEmpty() && status == TransactionStatus.IDLE;
        return rests && !held && kept.isEmpty();
    }

    /** Whether the client has the server with that process id. */
    boolean isOn(int processId) {
        return server != null && server.processId() == processId;
    }

    /** Whether a message has to wait for what its statement needs elsewhere; then it is taken over. */
    boolean postpones(Frame frame, List<SessionTrace> traces) {
        boolean waits = listening.postpones(traces);
        if (waits) {
            kept.addBack(frame);
        }
        return waits;
    }

    /** See {@link ClientListening#withholds}; what a mutation waits for is nothing to the client. */
    boolean withholds(Frame ready, TransactionStatus told) {
        return !held && listening.withholds(ready, told);
    }

    /** What was withheld. */
    void passOn(Frame frame) {
        Frame passed = replies.accept(frame);
        if (passed != null) {
            own.add(passed);
        }
    }

    /** The client is told that it is idle: before that it gets what it was notified of. Whether that was anything. */
    boolean giveHeard() {
        return !held && listening.giveTo(own);
    }

    void replayed(@Nullable PgError error) {
        replaying = false;
        if (error == null) {
            settings.replayed(server());
            told.tell(server());
            drain();
        } else {
            settings.unknown();
            effects.fail(ErrorCode.SESSION_STATE_LOST.error().withDetail(error.message()));
        }
    }

    /** ReadyForQuery, of whomever. */
    void ready(TransactionStatus told) {
        status = told;
        listening.ready(told, owed.isEmpty());
        if (told == TransactionStatus.IDLE && catalogChanged) {
            catalogChanged = false;
            server().catalog().changed(); // only now others see it
        }
        if (owed.isEmpty()) {
            open = false;
            if (told == TransactionStatus.IDLE) {
                session.forgetPortals();
            } // else: those of the block go on; and where more is owed, those that were bound meanwhile
        }
    }

    /** DDL has been completed: its own transaction sees it at once, and prepares anew. */
    void catalogChanged() {
        catalogChanged = true;
        server().catalog().changed();
    }

    /** The statement's result has another type than when it was prepared: whoever needs it next prepares it anew. */
    void stale(Definition definition) {
        server().stale(definition);
        server().catalog().changed(); // by somebody who does not come by here
    }

    void skips() {
        owed.dropUntilSync();
        skipping = owed.isEmpty();
        own.giveKnown();
        drain();
    }

    /** Everything may have been answered: goes on with what was kept, or lets go of the server. */
    void rest() {
        drain();
        if (terminated && kept.isEmpty() && !held && (!owed.holdsReady() || replies.copyIn())) {
            effects.end();
            return;
        }
        if (server == null || held || open || !owed.isEmpty() || !kept.isEmpty() || status != TransactionStatus.IDLE) {
            return;
        }
        if (listening.settle()) {
            ownQuery("UNLISTEN *");
            return;
        }
        List<String> asked = settings.takeTouched(server);
        if (!asked.isEmpty()) {
            server.unnamed(ServerContents.NOBODYS);
            send(messages.ask(asked), new Owed.Ask(asked));
            return;
        }
        if (session.takesStaysAsked()) {
            server.unnamed(null);
            send(messages.askStays(), new Owed.AskStays());
            return;
        }
        session.settle(server);
        if (session.stays() == null) {
            server = null;
            names.clear();
            effects.release();
        }
    }

    // ---- messages ----

    private void accept(Frame frame) {
        if (kept.isEmpty() && mayPass(frame)) {
            process(frame);
        } else {
            kept.add(frame);
        }
    }

    private boolean mayPass(Frame frame) {
        if (replaying || listening.isAsking()) {
            return false;
        }
        return switch (frame.type()) {
            case FrontendType.SYNC, FrontendType.FLUSH -> true;
            case FrontendType.COPY_DATA, FrontendType.COPY_DONE, FrontendType.COPY_FAIL ->
                replies.copyIn() || namesAreKnown();
            default -> namesAreKnown();
        };
    }

    private boolean namesAreKnown() {
        return !owed.holdsStructural() && !owed.isUncertain();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        while (!kept.isEmpty() && (server != null || !wanted || skipping) && mayPass(kept.first())) {
            process(kept.remove());
        }
        draining = false;
    }

    private void process(Frame frame) {
        if (frame.is(FrontendType.TERMINATE)) {
            frame.release();
            terminated = true;
            rest();
            return;
        }
        if (skipping) {
            if (!frame.is(FrontendType.SYNC)) {
                frame.release();
                return;
            }
            skipping = false;
        }
        ServerContents attached = server;
        if (attached == null) {
            processDetached(frame);
            return;
        }
        outgoing.send(frame, attached);
        if (!listening.isAsking()) {
            session.fresh(false);
        } // else: nothing has been sent yet
    }

    private void processDetached(Frame frame) {
        int type = frame.body().isReadable() ? NOT_BARE : frame.type();
        switch (type) {
            case FrontendType.FLUSH -> frame.release();
            case FrontendType.SYNC -> {
                frame.release();
                own.addReady();
            }
            default -> {
                kept.addBack(frame);
                if (!wanted) {
                    wanted = true;
                    effects.wantServer();
                }
            }
        }
    }
}
