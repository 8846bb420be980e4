package io.penstock.node.mutation;

import io.netty.buffer.ByteBuf;
import io.penstock.node.backend.PreparedNames;
import io.penstock.node.backend.Statements;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several statements in one round trip: extended-protocol messages, ended by one Sync. The answers are read by {@link
 * io.penstock.node.backend.ExchangeResult}, one result for each statement.
 *
 * <p>The name {@value #NAME} is used for statement and portal, never the unnamed ones: on a client's connection those are the client's own.
 * Each step closes what it may find under that name first, as an error may have left it behind.
 */
final class Script {
    static final String NAME = "penstock";

    private static final short[] TEXT = {};
    private static final int[] INFERRED = {};

    private final Statements messages = Statements.begin();
    private final List<String> parsed = new ArrayList<>();

    /** A statement with text parameters; what it returns comes as text. */
    Script run(String sql, @Nullable String... parameters) {
        parse(sql, INFERRED);
        return bind(TEXT, values(parameters), TEXT);
    }

    private static List<byte @Nullable []> values(@Nullable String... parameters) {
        List<byte @Nullable []> values = new ArrayList<>(parameters.length);
        for (@Nullable String parameter : parameters) {
            values.add(parameter == null ? null : parameter.getBytes(StandardCharsets.UTF_8));
        }
        return values;
    }

    /** A statement with the client's own parameters; the answer begins with its description. */
    Script runDescribed(
            String sql, int[] types, short[] formats, List<byte @Nullable []> parameters, short[] resultFormats) {
        parse(sql, types);
        add(new FrontendMessage.Describe(Target.STATEMENT, NAME));
        return bind(formats, parameters, resultFormats);
    }

    /** A statement of our own that the connection keeps prepared, with text parameters; {@link #keep} it once the exchange has ended well. */
    Script runPrepared(PreparedNames names, String sql, @Nullable String... parameters) {
        PreparedNames.Name name = names.of(sql);
        if (name.forgotten() != null) {
            add(new FrontendMessage.Close(Target.STATEMENT, name.forgotten()));
        }
        if (!name.prepared()) {
            add(new FrontendMessage.Close(Target.STATEMENT, name.name()));
            add(new FrontendMessage.Parse(name.name(), sql, INFERRED));
            parsed.add(sql);
        }
        add(new FrontendMessage.Close(Target.PORTAL, NAME));
        add(new FrontendMessage.Bind(NAME, name.name(), TEXT, values(parameters), TEXT));
        add(new FrontendMessage.Execute(NAME, 0));
        add(new FrontendMessage.Close(Target.PORTAL, NAME));
        return this;
    }

    /** The exchange has ended without an error: what it parsed is there to stay. */
    void keep(PreparedNames names) {
        parsed.forEach(names::prepared);
    }

    /** Only the description of a statement. */
    Script describe(String sql, int[] types) {
        parse(sql, types);
        add(new FrontendMessage.Describe(Target.STATEMENT, NAME));
        add(new FrontendMessage.Close(Target.STATEMENT, NAME));
        return this;
    }

    /** The messages; the caller owns them. */
    ByteBuf end() {
        return messages.sync();
    }

    private void parse(String sql, int[] types) {
        add(new FrontendMessage.Close(Target.PORTAL, NAME));
        add(new FrontendMessage.Close(Target.STATEMENT, NAME));
        add(new FrontendMessage.Parse(NAME, sql, types));
    }

    private Script bind(short[] formats, List<byte @Nullable []> parameters, short[] resultFormats) {
        add(new FrontendMessage.Bind(NAME, NAME, formats, parameters, resultFormats));
        add(new FrontendMessage.Execute(NAME, 0));
        add(new FrontendMessage.Close(Target.PORTAL, NAME));
        add(new FrontendMessage.Close(Target.STATEMENT, NAME));
        return this;
    }

    private void add(FrontendMessage message) {
        messages.add(message);
    }
}
