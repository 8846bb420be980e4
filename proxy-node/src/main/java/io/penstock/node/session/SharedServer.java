package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.node.backend.CancelSender;
import io.penstock.node.pool.PooledServer;
import io.penstock.node.pool.ServerPool;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.NoticeResponse;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.pooling.VirtualServer;
import io.penstock.protocol.session.Replication;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Transaction mode: a server connection of the pool for each transaction. What that takes is decided in {@link VirtualServer}. */
final class SharedServer extends PooledSide implements VirtualServer.Effects {
    private static final Logger LOG = LoggerFactory.getLogger(SharedServer.class);

    /** Set on the server that a client gets, not when it logs in: else each name would need connections of its own. */
    private static final String APPLICATION = "application_name";

    /** As much as a client may send ahead while its messages wait for a server, or for an answer that decides about them. */
    private static final int AHEAD = 64 * 1024;

    /** No server is the session's for longer than a transaction. */
    private static final int NO_PROCESS = 0;

    private final Map<String, String> profile;
    private final @Nullable String application;
    private final ClientEar ear;
    private @Nullable VirtualServer virtual;
    private boolean wanted;
    private boolean ending;

    private SharedServer(Owner owner, ServerPool pool, Map<String, String> parameters, CancelSender cancels) {
        super(owner, pool, cancels);
        this.application = parameters.get(APPLICATION);
        this.ear = new ClientEar(owner, pool.listeners());
        if (application == null) {
            profile = pool.profile(parameters);
        } else {
            Map<String, String> others = new LinkedHashMap<>(parameters);
            others.remove(APPLICATION);
            profile = pool.profile(Map.copyOf(others));
        }
    }

    /** Whether a client with these start-up parameters can share: none that replicates, or whose tables are all temporary. */
    static boolean canServe(Map<String, String> parameters) {
        return Replication.of(parameters) == Replication.NONE
                && parameters.values().stream()
                        .noneMatch(value -> value.toLowerCase(Locale.ROOT).contains("pg_temp"));
    }

    /** Tells the owner what a server would have told at its login; the pool is asked for one where that is not known yet. */
    static SharedServer begin(Owner owner, ServerPool pool, Map<String, String> parameters, CancelSender cancels) {
        SharedServer shared = new SharedServer(owner, pool, parameters, cancels);
        Map<String, String> welcome = pool.welcome(shared.profile);
        if (welcome == null) {
            pool.ask(shared, shared.profile);
        } else {
            owner.asEvent(() -> shared.welcome(welcome, List.of()));
        }
        return shared;
    }

    private void welcome(Map<String, String> reported, List<NoticeResponse> notices) {
        if (hasLeft()) {
            return;
        }
        Map<String, String> told = new LinkedHashMap<>(reported);
        Map<String, String> initial = Map.of();
        if (application != null) {
            told.put(APPLICATION, application);
            initial = Map.of(APPLICATION, application);
        }
        VirtualServer machine = new VirtualServer(this, owner.processId(), told, initial, ByteBufAllocator.DEFAULT);
        ear.of(machine.listening());
        virtual = machine;
        owner.ready(told, notices, NO_PROCESS);
    }

    // ---- the pool ----

    @Override
    void arrived(PooledServer given) {
        if (virtual == null) {
            List<NoticeResponse> notices = given.takeNotices();
            Map<String, String> reported = given.link().greeting().parameters();
            pool.giveBack(given, TransactionStatus.IDLE, false);
            welcome(reported, notices);
        } else if (wanted) {
            attach(given, virtual);
        } else {
            pool.giveBack(given, TransactionStatus.IDLE, false); // cancelled meanwhile
        }
    }

    @Override
    public void refused(PgError error) {
        owner.asEvent(() -> {
            if (virtual == null) {
                owner.refused(error);
            } else if (wanted) {
                fail(error);
            }
        });
    }

    // ---- what the machine wants ----

    @Override
    public void wantServer() {
        PooledServer idle = pool.take(profile, owner.loop());
        if (idle != null && virtual != null) {
            attach(idle, virtual);
        } else {
            wanted = true;
            pool.ask(this, profile);
        }
    }

    @Override
    public void unwantServer() {
        wanted = false;
        pool.leave(this);
    }

    private void attach(PooledServer given, VirtualServer to) {
        wanted = false;
        attach(given);
        to.attached(given.contents());
    }

    @Override
    public void toServer(ByteBuf messages) {
        if (server == null) {
            messages.release();
        } else {
            server.link().write(messages);
            wrote();
        }
    }

    @Override
    public void release() {
        PooledServer mine = server;
        if (mine != null) {
            server = null;
            pool.giveBack(mine, TransactionStatus.IDLE, false);
        }
    }

    @Override
    public void end() {
        ending = true;
        owner.wake();
    }

    @Override
    public void fail(PgError error) {
        owner.lost(error);
        serverEnded(); // a mutation under way gets no more answers, and has to know
        owner.wake();
    }

    @Override
    public void stays(Stays reason) {
        pool.stays(reason);
        LOG.debug("a client keeps its server connection: {}", reason.text());
    }

    @Override
    public void reserve(String encoding, List<String> channels) {
        ear.reserve(encoding, channels);
    }

    @Override
    public void fence() {
        ear.fence();
    }

    @Override
    public void leave(Set<String> channels) {
        ear.leave(channels);
    }

    // ---- the session ----

    @Override
    public void write(ByteBuf messages) {
        VirtualServer to = virtual;
        if (to == null || hasLeft()) {
            messages.release();
        } else {
            to.fromSession(messages);
        }
    }

    @Override
    public boolean isWritable() {
        boolean takes = server == null || server.link().isWritable();
        return takes && (virtual == null || virtual.keptBytes() < AHEAD);
    }

    @Override
    @Nullable
    Frame next() {
        VirtualServer machine = virtual;
        if (machine == null || hasLeft()) {
            return null;
        }
        while (true) {
            Frame here = machine.poll();
            if (here != null) {
                return here;
            }
            if (ending) {
                leave();
                serverEnded();
                return null;
            }
            PooledServer from = server;
            Frame frame =
                    from == null || machine.isWithholding() ? null : from.link().poll();
            if (from == null || frame == null) {
                return null;
            }
            from.saw(frame);
            Frame passed = machine.fromServer(frame);
            if (passed != null) {
                return passed;
            }
        }
    }

    @Override
    boolean isStalled() {
        return virtual != null && virtual.isWithholding();
    }

    @Override
    public CompletionStage<?> cancel() {
        PooledServer running = server;
        boolean here = virtual == null || virtual.cancel();
        owner.wake();
        return cancelOn(here ? null : running);
    }

    @Override
    public void hold(boolean held) {
        if (virtual != null && !hasLeft()) {
            virtual.held(held);
        }
    }

    @Override
    public void leave() {
        if (hasLeft()) {
            return;
        }
        part();
        ear.close();
        PooledServer mine = server;
        server = null;
        VirtualServer machine = virtual;
        TransactionStatus status = machine == null ? null : machine.leave();
        if (mine == null || machine == null) {
            pool.leave(this);
        } else if (status != null && mine.link().isOpen()) {
            pool.giveBack(mine, status, machine.dirty());
        } else {
            mine.link().flush();
            pool.discard(mine);
        }
    }
}
