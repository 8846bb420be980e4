package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.LexerOptions;
import io.penstock.protocol.sql.SessionTrace;
import io.penstock.protocol.sql.SessionTrace.Stays;
import io.penstock.protocol.sql.SessionTraces;
import io.penstock.protocol.sql.Span;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
 *            message behind DEALLOCATE, DISCARD     kept until that is answered
 *            answer                                 see {@link VirtualReplies}
 *            ReadyForQuery in no transaction, nothing owed or kept, not held:
 *              settings may have changed            the server is asked for them                               ATTACHED
 *              something stays                      nothing                                                    ATTACHED
 *              otherwise                            release                                                    DETACHED
 * </pre>
 *
 * <p>Not safe for use by several threads. Frames and buffers handed in are taken over.
 */
public final class VirtualServer {
    /** What is done outside. */
    public interface Effects {
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

        /** From now on, until DISCARD ALL or its end, the client keeps its server. */
        void stays(Stays reason);
    }

    /** Of a message that is wrong for its body: the server says so. */
    private static final int NOT_BARE = 0;

    private static final byte[] PARSE_COMPLETE = {BackendType.PARSE_COMPLETE, 0, 0, 0, 4};
    private static final byte[] CLOSE_COMPLETE = {BackendType.CLOSE_COMPLETE, 0, 0, 0, 4};
    private static final byte[] READY = {BackendType.READY_FOR_QUERY, 0, 0, 0, 5, 'I'};

    private final Effects effects;
    private final ServerMessages messages;
    private final ClientContents client;
    private final PreparedMessages prepared;
    private final SettingsFollow settings;
    private final VirtualReplies replies;
    private final OwedQueue owed = new OwedQueue();
    private final ArrayDeque<Frame> kept = new ArrayDeque<>(0);
    /** Answers that are given here. */
    private final ArrayDeque<Frame> ready = new ArrayDeque<>(0);
    /** Portals whose statement changes what names mean. */
    private final Map<String, List<SessionTrace>> structural = new HashMap<>(0);

    /** The client's name for a name on the server. */
    private final Map<String, String> calls = new HashMap<>(4);

    private @Nullable ServerContents server;
    private @Nullable Stays stays;
    private @Nullable ParseContext uncertain;
    private TransactionStatus status = TransactionStatus.IDLE;
    private LexerOptions lexer = LexerOptions.DEFAULT;
    private long keptBytes;
    private boolean wanted;
    private boolean replaying;
    private boolean barrier;
    private boolean held;
    private boolean open;
    private boolean fresh;
    private boolean skipping;
    private boolean draining;
    private boolean terminated;

    /**
     * @param told the parameters that the client was told at its login
     * @param initial settings that are the client's own from the beginning, by name in lower case
     */
    public VirtualServer(
            Effects effects, Map<String, String> told, Map<String, String> initial, ByteBufAllocator allocator) {
        this.effects = effects;
        this.messages = new ServerMessages(allocator);
        this.client = new ClientContents(initial);
        this.prepared = new PreparedMessages(this, client, messages);
        this.settings = new SettingsFollow(client);
        this.replies = new VirtualReplies(this, owed, settings);
        client.told = Map.copyOf(told);
        lexing(told.getOrDefault("standard_conforming_strings", "on"));
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
        return ready.poll();
    }

    /** How much waits for a server. */
    public long keptBytes() {
        return keptBytes;
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
        Frame first = keptPoll();
        boolean simple = first.is(FrontendType.QUERY) || first.is(FrontendType.FUNCTION_CALL);
        first.release();
        answer(BackendMessage.ErrorResponse.of(ErrorCode.CANCELED.error()));
        if (simple) {
            answer(READY);
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
        kept.forEach(Frame::release);
        kept.clear();
        ready.forEach(Frame::release);
        ready.clear();
        return server != null && !open && owed.isEmpty() ? status : null;
    }

    /** Whether the server's session may hold something that is not in its {@link ServerContents}. */
    public boolean dirty() {
        return stays != null || settings.touched() || replaying || status != TransactionStatus.IDLE;
    }

    /** Why the client keeps its server, or null. */
    public @Nullable Stays stays() {
        return stays;
    }

    // ---- the server ----

    /** The answer to {@link Effects#wantServer}. */
    public void attached(ServerContents given) {
        server = given;
        wanted = false;
        open = false;
        fresh = true;
        List<ServerMessages.Setting> differing = settings.differing(given);
        if (differing.isEmpty()) {
            tellParameters(given);
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

    LexerOptions lexer() {
        return lexer;
    }

    private void lexing(String standardConformingStrings) {
        lexer = new LexerOptions(standardConformingStrings.equals("on"));
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

    /** An answer of our own, as soon as everything before it has been answered. */
    void answerInTurn(Owed answer) {
        owed.add(answer);
        giveKnown();
    }

    void giveKnown() {
        while (true) {
            switch (owed.head()) {
                case Owed.KnownParse _ -> answer(PARSE_COMPLETE);
                case Owed.KnownClose _ -> answer(CLOSE_COMPLETE);
                case Owed.CopyEnd _ -> {}
                case null, default -> {
                    return;
                }
            }
            owed.pop();
        }
    }

    private void answer(byte[] message) {
        ready.add(new Frame(message[0], Unpooled.copiedBuffer(message)));
    }

    private void answer(BackendMessage message) {
        ByteBuf bytes = Unpooled.buffer();
        BackendMessages.encode(message, bytes);
        ready.add(new Frame(bytes.getByte(0), bytes));
    }

    /** In a failed transaction the server takes no Parse, and what a query before it will have done is not known yet. */
    boolean mayRefuseParse() {
        return status == TransactionStatus.FAILED || owed.holdsQuery();
    }

    /** The portal is bound to the statement. */
    void running(String portal, Definition definition) {
        List<SessionTrace> traces = definition.traces();
        note(traces);
        if (traces.stream().anyMatch(SessionTrace::isStructural)) {
            structural.put(portal, traces);
        } else if (!structural.isEmpty()) {
            structural.remove(portal);
        }
    }

    /** The statement is about to be prepared; what has to be done on the server before its first statement is done now. */
    void preparing(Definition definition) {
        if (definition.traces().stream().anyMatch(trace -> trace.stays() == Stays.SEQUENCE_VALUE)) {
            stay(Stays.SEQUENCE_VALUE);
        }
    }

    private void note(List<SessionTrace> traces) {
        for (SessionTrace trace : traces) {
            settings.mayChange(trace, server());
            Stays reason = trace.stays();
            if (reason != null) {
                stay(reason);
            }
        }
    }

    void stay(Stays reason) {
        if (reason == Stays.SEQUENCE_VALUE && stays == null && fresh) {
            // What another client has drawn from a sequence here is not this one's.
            server().unnamed(null);
            send(messages.query("DISCARD SEQUENCES"), new Owed.OwnQuery());
        }
        if (stays == null) {
            stays = reason;
            effects.stays(reason);
        }
    }

    /** The server has completed a statement. */
    void completed(List<SessionTrace> traces) {
        for (SessionTrace trace : traces) {
            if (trace.discardsAll()) {
                server().clear();
                client.clear();
                settings.forget();
                stays = null;
            } else if (trace.deallocates()) {
                String name = trace.prepared();
                if (name == null) {
                    server().forgetPrepared();
                    client.named.clear();
                    client.preparedBySql.clear();
                } else {
                    client.preparedBySql.remove(name);
                    Definition gone = client.named.remove(name);
                    if (gone != null) {
                        server().remove(gone.in(context()));
                    }
                }
            } else if (trace.preparesBySql() && trace.prepared() != null) {
                client.preparedBySql.add(trace.prepared());
            }
        }
    }

    void parameter(String name, String value, boolean ours) {
        server().reported(name, value);
        if (name.equals("standard_conforming_strings")) {
            lexing(value);
        }
        if (!ours) {
            Map<String, String> told = new HashMap<>(client.told);
            told.put(name, value);
            client.told = told;
            if (settings.reported(name)) {
                server().recentIsStale();
            }
        }
    }

    private void tellParameters(ServerContents of) {
        if (of.reported() == client.told || of.reported().equals(client.told)) {
            client.told = of.reported();
            return;
        }
        of.reported().forEach((name, value) -> {
            if (!value.equals(client.told.get(name))) {
                answer(new BackendMessage.ParameterStatus(name, value));
            }
        });
        client.told = of.reported();
        lexing(client.told.getOrDefault("standard_conforming_strings", "on"));
    }

    void replayed(@Nullable PgError error) {
        replaying = false;
        if (error == null) {
            settings.replayed(server());
            tellParameters(server());
            drain();
        } else {
            settings.unknown();
            effects.fail(ErrorCode.SESSION_STATE_LOST.error().withDetail(error.message()));
        }
    }

    /** ReadyForQuery, of whomever. */
    void ready(TransactionStatus told) {
        status = told;
        structural.clear();
        barrier = false;
        if (owed.isEmpty()) {
            open = false;
        }
    }

    /** The statement's result has another type than when it was prepared: whoever needs it next prepares it anew. */
    void stale(Definition definition) {
        server().stale(definition);
    }

    void lift() {
        barrier = false;
    }

    void skips() {
        owed.dropUntilSync();
        skipping = owed.isEmpty();
        barrier = false;
        giveKnown();
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
        List<String> asked = settings.takeTouched(server);
        if (!asked.isEmpty()) {
            server.unnamed(ServerContents.NOBODYS);
            send(messages.ask(asked), new Owed.Ask(asked));
            return;
        }
        settle(server);
        if (stays == null) {
            server = null;
            calls.clear();
            effects.release();
        }
    }

    private void settle(ServerContents attached) {
        settings.settled();
        attached.settled();
        if (uncertain != null && stays == null) {
            attached.forget(uncertain);
            uncertain = null;
        }
    }

    /** In which statements are prepared and looked for. Where a setting may have changed unseen it is one that nobody shares. */
    ParseContext context() {
        if (stays == null && !settings.unsettled()) {
            return client.context();
        }
        ParseContext own = uncertain;
        if (own == null) {
            own = ParseContext.unknown();
            uncertain = own;
        }
        return own;
    }

    // ---- messages ----

    private void accept(Frame frame) {
        if (kept.isEmpty() && mayPass(frame)) {
            process(frame);
        } else {
            kept.add(frame);
            keptBytes += frame.length();
        }
    }

    private boolean mayPass(Frame frame) {
        return !replaying && !(barrier && !frame.is(FrontendType.SYNC) && !frame.is(FrontendType.FLUSH));
    }

    private Frame keptPoll() {
        Frame frame = kept.remove();
        keptBytes -= frame.length();
        return frame;
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        while (!kept.isEmpty() && (server != null || !wanted || skipping) && mayPass(kept.element())) {
            process(keptPoll());
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
        switch (frame.type()) {
            case FrontendType.QUERY -> query(frame, attached);
            case FrontendType.PARSE -> prepared.parse(frame, attached);
            case FrontendType.BIND -> prepared.bind(frame, attached);
            case FrontendType.DESCRIBE -> {
                if (frame.body().getByte(frame.body().readerIndex()) == 'S') {
                    prepared.describe(frame, attached);
                } else {
                    send(frame.bytes(), new Owed.Describe(null));
                }
            }
            case FrontendType.EXECUTE -> execute(frame);
            case FrontendType.CLOSE -> {
                if (frame.body().getByte(frame.body().readerIndex()) == 'S') {
                    prepared.close(frame, attached);
                } else {
                    send(frame.bytes(), new Owed.Close(() -> {}));
                }
            }
            case FrontendType.FUNCTION_CALL -> send(frame.bytes(), new Owed.FunctionCall());
            case FrontendType.SYNC -> send(frame.bytes(), replies.copyIn() ? null : new Owed.Sync());
            case FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> {
                boolean early = !replies.endCopyIn() && !owed.isEmpty();
                send(frame.bytes(), early ? new Owed.CopyEnd() : null);
            }
            case FrontendType.FLUSH -> effects.toServer(frame.bytes());
            default -> send(frame.bytes(), null);
        }
        fresh = false;
    }

    private void processDetached(Frame frame) {
        int type = frame.body().isReadable() ? NOT_BARE : frame.type();
        switch (type) {
            case FrontendType.FLUSH -> frame.release();
            case FrontendType.SYNC -> {
                frame.release();
                answer(READY);
            }
            default -> {
                kept.addFirst(frame);
                keptBytes += frame.length();
                if (!wanted) {
                    wanted = true;
                    effects.wantServer();
                }
            }
        }
    }

    private void query(Frame frame, ServerContents attached) {
        String sql = PreparedMessages.name(frame.body(), 0);
        List<SessionTrace> traces = SessionTraces.read(sql, lexer);
        note(traces);
        ByteBuf bytes = traces.isEmpty() ? frame.bytes() : renamed(frame, sql, traces, attached);
        Definition before = client.unnamed;
        Definition there = attached.unnamed();
        client.unnamed = null;
        attached.unnamed(null);
        send(bytes, new Owed.Query(traces, () -> {
            client.unnamed = before;
            attached.unnamed(there);
        }));
        barrier = traces.stream().anyMatch(SessionTrace::isStructural);
    }

    private ByteBuf renamed(Frame frame, String sql, List<SessionTrace> traces, ServerContents attached) {
        String there = textThere(sql, traces, definition -> inOwnTransaction(definition, attached));
        if (there.equals(sql)) {
            return frame.bytes();
        }
        frame.release();
        return messages.query(there);
    }

    /** The text with the names that prepared statements have on the server, where it executes or deallocates some. */
    String textThere(String sql, List<SessionTrace> traces, Function<Definition, String> names) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (SessionTrace trace : traces) {
            Span at = trace.preparedAt();
            String name = trace.prepared();
            Definition meant = name == null ? null : client.named.get(name);
            if (at != null && name != null && meant != null) {
                text.append(sql, from, at.start()).append(called(name, names.apply(meant)));
                from = at.end();
            }
        }
        return from == 0 ? sql : text.append(sql, from, sql.length()).toString();
    }

    /** In a block of its own, or the query would be part of an implicit transaction that only Sync ends. */
    private String inOwnTransaction(Definition definition, ServerContents attached) {
        String there = attached.find(definition.in(context()));
        if (there != null) {
            return there;
        }
        String given = prepared.ensure(definition, attached);
        send(messages.sync(), new Owed.OwnSync());
        return given;
    }

    /** Remembers how the client calls what the server knows under another name. */
    String called(String name, String there) {
        calls.put(there, name);
        return there;
    }

    /** An error of the server, about the names that the client knows. */
    Frame inClientsWords(Frame error) {
        return calls.isEmpty() ? error : messages.withNames(error, calls);
    }

    private void execute(Frame frame) {
        List<SessionTrace> traces = structural.isEmpty()
                ? List.of()
                : structural.getOrDefault(PreparedMessages.name(frame.body(), 0), List.of());
        send(frame.bytes(), new Owed.Execute(traces));
        if (!traces.isEmpty()) {
            barrier = true;
            effects.toServer(messages.flush());
        }
    }
}
