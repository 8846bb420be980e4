package io.penstock.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.penstock.protocol.auth.ScramKeys;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import io.penstock.protocol.session.SessionSettings.Authentication;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Both ends of a session, and the mutation side, by hand: every event is a call, and {@link #expect} says all that came of the events
 * since the last one. Lines are of {@link Notation}, with what they are for in front: {@code client}, {@code server}, {@code mutation},
 * {@code run}, or the name of another effect.
 */
final class Peer implements SessionEffects {
    static final int PROCESS_ID = 4711;
    static final Map<String, String> PARAMETERS =
            Map.of("client_encoding", "UTF8", "standard_conforming_strings", "on");

    private final List<String> effects = new ArrayList<>();
    private final Session session;
    private @Nullable MutationRequest request;

    Peer(SessionSettings settings) {
        session = new Session(settings, name -> name.name().equals("synced"), this, UnpooledByteBufAllocator.DEFAULT);
    }

    Peer(Authentication authentication) {
        this(SessionSettings.of(authentication, PROCESS_ID, new byte[32]));
    }

    /** A session that has just sent its first ReadyForQuery. */
    static Peer serving() {
        return serving(SessionSettings.of(new Authentication.Trust(), PROCESS_ID, new byte[32]));
    }

    static Peer serving(SessionSettings settings) {
        Peer peer = new Peer(settings);
        peer.packet(new FrontendMessage.Startup(ProtocolVersion.V3_0, Map.of("user", "joe")));
        peer.event(new SessionEvent.ServerReady(PARAMETERS));
        peer.effects.clear();
        return peer;
    }

    Session session() {
        return session;
    }

    /** What the last RunMutation asked for. */
    MutationRequest request() {
        if (request == null) {
            throw new AssertionError("no mutation was run");
        }
        return request;
    }

    Peer packet(FrontendMessage packet) {
        session.startupPacket(Notation.frame(packet), false);
        return this;
    }

    Peer startup(int version, String... parameters) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put(parameters[i], parameters[i + 1]);
        }
        return packet(new FrontendMessage.Startup(version, map));
    }

    Peer client(String... lines) {
        for (String line : lines) {
            session.fromClient(Notation.client(line));
        }
        return this;
    }

    Peer client(FrontendMessage message) {
        session.fromClient(Notation.frame(message));
        return this;
    }

    Peer client(Frame frame) {
        session.fromClient(frame);
        return this;
    }

    Peer server(String... lines) {
        for (String line : lines) {
            session.fromServer(Notation.server(line));
        }
        return this;
    }

    Peer event(SessionEvent event) {
        session.handle(event);
        return this;
    }

    /** The mutation has succeeded. */
    Peer finished(String... lines) {
        return event(new SessionEvent.MutationFinished(frames(lines), false, false));
    }

    /** The mutation has failed, and the server knows nothing of it. */
    Peer failed(String... lines) {
        return event(new SessionEvent.MutationFinished(frames(lines), true, false));
    }

    Peer failedAtServer(String... lines) {
        return event(new SessionEvent.MutationFinished(frames(lines), true, true));
    }

    private static List<Frame> frames(String... lines) {
        return Arrays.stream(lines).map(Notation::server).toList();
    }

    /** All effects since the last call, in order. */
    Peer expect(String... expected) {
        List<String> seen = List.copyOf(effects);
        effects.clear();
        assertThat(seen).containsExactly(expected);
        return this;
    }

    /** Takes the effects without looking at them. */
    List<String> take() {
        List<String> seen = List.copyOf(effects);
        effects.clear();
        return seen;
    }

    @Override
    public void toClient(ByteBuf messages) {
        if (messages.readableBytes() == 1) {
            effects.add("client " + (char) messages.readByte());
            messages.release();
        } else {
            Notation.toClient(messages).forEach(line -> effects.add("client " + line));
        }
    }

    @Override
    public void toServer(ByteBuf messages) {
        Notation.toServer(messages).forEach(line -> effects.add("server " + line));
    }

    @Override
    public void startTls() {
        effects.add("start tls");
    }

    @Override
    public void signedIn(ScramKeys keys) {
        effects.add("signed in");
    }

    @Override
    public void signInFailed() {
        effects.add("sign-in failed");
    }

    @Override
    public void findVerifier(String user, String database) {
        effects.add("find verifier " + user);
    }

    @Override
    public void connectServer(String user, String database, Map<String, String> parameters) {
        effects.add("connect " + user + "@" + database + " " + parameters);
    }

    @Override
    public void registerCancelKey(int processId, byte[] secret) {
        effects.add("register " + processId + "/" + secret.length);
    }

    @Override
    public void routeCancel(int processId, byte[] secret) {
        effects.add("route cancel " + processId + "/" + secret.length);
    }

    @Override
    public void runMutation(MutationRequest asked) {
        request = asked;
        effects.add("run " + asked.sql().strip());
    }

    @Override
    public void toMutation(Frame frame) {
        effects.add("mutation " + Notation.line(frame));
        frame.release();
    }

    @Override
    public void serverLostDuringMutation() {
        effects.add("server lost during mutation");
    }

    @Override
    public void cancelMutation() {
        effects.add("cancel mutation");
    }

    @Override
    public void mutationOrphaned() {
        effects.add("mutation orphaned");
    }

    @Override
    public void cancelServer() {
        effects.add("cancel server");
    }

    @Override
    public void pauseClient() {
        effects.add("pause");
    }

    @Override
    public void resumeClient() {
        effects.add("resume");
    }

    @Override
    public void closeClient() {
        effects.add("close client");
    }

    @Override
    public void closeServer() {
        effects.add("close server");
    }

    @Override
    public void report(PgError error) {
        effects.add("report " + error.sqlState());
    }
}
