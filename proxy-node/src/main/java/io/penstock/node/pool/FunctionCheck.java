package io.penstock.node.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.penstock.node.backend.ServerLink;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.DataRow;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server whether its database has functions that may change the session of whoever calls them, by name, trigger or view. What they
 * do stands in no statement, so that it cannot follow a client: in such a database each connection is cleaned before somebody else has it.
 */
final class FunctionCheck implements ServerLink.Receiver {
    /** What was found out. */
    enum Finding {
        NONE,
        SOME,
        /** The connection is of no use. */
        LOST
    }

    private static final long PATIENCE_SECONDS = 10;

    /**
     * The bodies are read for the words. SET LOCAL and set_config with true end with the transaction, and the SET of an UPDATE does not
     * stand at a statement's beginning. Languages without readable bodies are suspected, but for C: what stands there comes with an
     * extension, and dblink is known by name.
     */
    private static final String QUESTION = """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang \
            WHERE p.pronamespace NOT IN (SELECT n.oid FROM pg_catalog.pg_namespace n \
            WHERE n.nspname IN ('pg_catalog', 'information_schema', 'penstock')) \
            AND l.lanname NOT IN ('c', 'internal') \
            AND (l.lanname NOT IN ('sql', 'plpgsql') OR pg_catalog.concat(p.prosrc, ' ', pg_catalog.pg_get_function_sqlbody(p.oid)) ~* \
            $$set_config\\s*\\((?![^;]*,\\s*true\\s*\\))\
            |(^|;|'|\\m(begin|then|else|loop)\\M)\\s*(set\\s+(?!local\\M|transaction\\M|constraints\\M)|(reset|discard|listen|load|prepare|deallocate)\\s)\
            |\\m(temp|temporary|setseed|dblink_connect|dblink_connect_u|hold)\\M\
            |\\mpg_temp|\\mpg_(try_)?advisory_lock$$))""";

    private final PooledServer server;
    private final Consumer<Finding> done;
    /** Until the server has said otherwise, it may have some. */
    private Finding finding = Finding.SOME;

    private boolean over;
    private @Nullable Future<?> timeout;

    private FunctionCheck(PooledServer server, Consumer<Finding> done) {
        this.server = server;
        this.done = done;
    }

    /** Asks over a connection that rests, on its loop; {@code done} is told once. */
    static void begin(PooledServer server, Consumer<Finding> done) {
        new FunctionCheck(server, done).begin();
    }

    private void begin() {
        timeout = server.eventLoop().schedule(() -> end(Finding.LOST), PATIENCE_SECONDS, TimeUnit.SECONDS);
        server.link().receive(this);
        if (over) {
            return; // closed meanwhile
        }
        ByteBuf message = ByteBufAllocator.DEFAULT.buffer(QUESTION.length() + 8);
        FrontendMessages.encode(new FrontendMessage.Query(QUESTION), message);
        server.link().write(message);
        server.link().flush();
        server.link().request();
    }

    @Override
    public void readable() {
        try {
            for (Frame frame = server.link().poll();
                    frame != null;
                    frame = server.link().poll()) {
                try {
                    take(frame);
                } finally {
                    frame.release();
                }
                if (over) {
                    return;
                }
            }
        } catch (ProtocolViolation violation) {
            end(Finding.LOST);
            return;
        }
        server.link().request();
    }

    private void take(Frame frame) {
        server.saw(frame);
        if (frame.is(BackendType.DATA_ROW)) {
            byte[] value = ((DataRow) BackendMessages.decode(frame)).values().getFirst();
            finding = value != null && value.length == 1 && value[0] == 'f' ? Finding.NONE : Finding.SOME;
        } else if (frame.is(BackendType.READY_FOR_QUERY)) {
            end(finding);
        }
    }

    private void end(Finding found) {
        if (!over) {
            over = true;
            if (timeout != null) {
                timeout.cancel(false);
            }
            done.accept(found);
        }
    }

    @Override
    public void writable() {
        // A short message fits.
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        end(Finding.LOST);
    }
}
