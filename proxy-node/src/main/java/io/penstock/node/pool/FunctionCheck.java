package io.penstock.node.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Asks a server whether its database has functions that may change the session of whoever calls them, by name, trigger or view. What they
 * do stands in no statement, so that it cannot follow a client: in such a database each connection is cleaned before somebody else has it.
 */
final class FunctionCheck {
    /** What was found out. */
    enum Finding {
        NONE,
        SOME,
        /** The connection is of no use. */
        LOST
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);

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

    private FunctionCheck() {}

    /** Asks over a connection that rests, on its loop; {@code done} is told once. */
    static void begin(PooledServer server, Consumer<Finding> done) {
        ByteBuf message = ByteBufAllocator.DEFAULT.buffer(QUESTION.length() + 8);
        FrontendMessages.encode(new FrontendMessage.Query(QUESTION), message);
        RestExchange.begin(
                server, message, 1, PATIENCE, answer -> done.accept(answer == null ? Finding.LOST : found(answer)));
    }

    /** Unless the server has said that there are none, there may be some. */
    private static Finding found(RestExchange.Answer answer) {
        byte[] value = answer.value();
        return value != null && value.length == 1 && value[0] == 'f' ? Finding.NONE : Finding.SOME;
    }
}
