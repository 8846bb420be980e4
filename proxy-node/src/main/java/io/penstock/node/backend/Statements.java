package io.penstock.node.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.Target;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Composes the messages of one exchange into one buffer, in the order of the calls:
 *
 * <pre>{@code
 * connection.run(Statements.begin().run("SELECT 1 + $1::int", "2").sync());
 * connection.run(Statements.query("BEGIN; SET LOCAL ROLE paul"));
 * }</pre>
 */
public final class Statements {
    private static final short[] TEXT = {};

    private final ByteBuf out;

    private Statements(ByteBuf out) {
        this.out = out;
    }

    /** Begins with nothing. The buffer leaks if it is neither ended by {@link #sync} or {@link #end} nor {@link #release released}. */
    public static Statements begin() {
        return new Statements(ByteBufAllocator.DEFAULT.buffer());
    }

    /** A simple query, which is an exchange of its own. */
    public static ByteBuf query(String sql) {
        return begin().add(new FrontendMessage.Query(sql)).out;
    }

    /** Parse, Bind, Describe and Execute of the unnamed statement, its parameters as text, null for NULL, its rows as text. */
    public Statements run(String sql, @Nullable String... parameters) {
        List<byte @Nullable []> values = Arrays.stream(parameters)
                .map(value -> value == null ? null : value.getBytes(UTF_8))
                .toList();
        return parse("", sql)
                .bind("", "", TEXT, values, TEXT)
                .describe(Target.PORTAL, "")
                .execute("", 0);
    }

    public Statements parse(String statement, String sql, int... parameterTypes) {
        return add(new FrontendMessage.Parse(statement, sql, parameterTypes));
    }

    public Statements bind(
            String portal,
            String statement,
            short[] parameterFormats,
            List<byte @Nullable []> parameters,
            short[] resultFormats) {
        return add(new FrontendMessage.Bind(portal, statement, parameterFormats, parameters, resultFormats));
    }

    public Statements describe(Target target, String name) {
        return add(new FrontendMessage.Describe(target, name));
    }

    /** @param maxRows 0 for all */
    public Statements execute(String portal, int maxRows) {
        return add(new FrontendMessage.Execute(portal, maxRows));
    }

    public Statements close(Target target, String name) {
        return add(new FrontendMessage.Close(target, name));
    }

    /** Any other message; on failure the buffer is released. */
    public Statements add(FrontendMessage message) {
        try {
            FrontendMessages.encode(message, out);
        } catch (RuntimeException failure) {
            out.release();
            throw failure;
        }
        return this;
    }

    /** Ends the exchange and hands out its bytes. */
    public ByteBuf sync() {
        return add(new FrontendMessage.Sync()).out;
    }

    /** Hands out the bytes as they are: the end of a COPY, for one, is no Sync. */
    public ByteBuf end() {
        return out;
    }

    /** Gives up. */
    public void release() {
        out.release();
    }
}
