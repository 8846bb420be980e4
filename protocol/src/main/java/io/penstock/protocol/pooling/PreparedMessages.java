package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.sql.SessionTrace;
import io.penstock.protocol.sql.SessionTraces;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages about prepared statements, on their way to a server where the statements have other names, or are not yet.
 *
 * <pre>
 * message                 the client has that name  the server has the statement   to the server                 answer
 * Parse                   no                        no                             Parse, renamed                its own
 * Parse                   no                        yes                            nothing                       ParseComplete, in its turn
 * Parse                   no                        yes, it may refuse a Parse     Close, then Parse, renamed    its own
 * Parse                   no                        yes, of before the last DDL    Parse, renamed                its own
 * Parse                   yes                       any                            Parse under that one's name   42P05, its own
 * Parse, no name                                                                   as it is                      its own
 * Bind, Describe          yes                       yes                            renamed                       its own
 * Bind, Describe          yes                       no                             Parse, then renamed           its own
 * Bind, Describe          no                        any                            as it is                      26000, its own
 * Bind, Describe, no name its statement is not the server's                        Parse, then as it is          its own
 * Bind, Describe, no name none, but the server has somebody's                      Close, then as it is          26000, its own
 * Close                   yes                       any                            nothing                       CloseComplete, in its turn
 * Close                   no                        any                            as it is                      its own
 * </pre>
 */
final class PreparedMessages {
    private final VirtualServer virtual;
    private final ClientContents client;
    private final ServerMessages messages;

    PreparedMessages(VirtualServer virtual, ClientContents client, ServerMessages messages) {
        this.virtual = virtual;
        this.client = client;
        this.messages = messages;
    }

    /** Takes the frame over. */
    void parse(Frame frame, ServerContents server) {
        ByteBuf body = frame.body();
        String name = name(body, 0);
        byte[] content = new byte[body.readableBytes() - name.length() - 1];
        body.getBytes(body.readerIndex() + name.length() + 1, content);
        String sql = Definition.text(content);
        List<SessionTrace> traces = SessionTraces.read(sql, virtual.told().lexer());
        Definition definition = define(sql, content, traces, server);
        virtual.session().preparing(definition);
        if (name.isEmpty()) {
            unnamed(frame, definition, server);
            return;
        }
        Definition taken = client.named.get(name);
        if (taken != null) {
            String refused = virtual.names().called(name, ensure(taken, server));
            virtual.send(messages.renamed(frame, 0, name.length(), refused), new Owed.Parse(() -> {}, () -> {}));
            frame.release();
            return;
        }
        client.named.put(name, definition);
        Runnable forgotten = () -> client.named.remove(name);
        String there = server.find(definition);
        if (there != null && !virtual.mayRefuseParse()) {
            frame.release();
            virtual.own().addInTurn(new Owed.KnownParse(forgotten));
            return;
        }
        if (there != null) {
            close(definition, server);
        }
        String given = virtual.names().called(name, server.add(definition));
        evict(server);
        Runnable gone = () -> {
            forgotten.run();
            server.remove(definition);
        };
        virtual.send(messages.parse(given, definition), new Owed.Parse(gone, gone));
        frame.release();
    }

    private Definition define(String sql, byte[] content, List<SessionTrace> traces, ServerContents server) {
        return SessionTraces.mayMeanTheTime(sql)
                ? Definition.unshared(content, traces)
                : new Definition(
                        content,
                        traces,
                        virtual.session().context(),
                        server.catalog().count());
    }

    /** A statement as it is to be run here and now, with what that leaves. */
    record Here(Definition definition, List<PlannedTrace> traces) {}

    /** In the client's context, and about prepared statements by the names that they have here. */
    Here here(Definition definition, ServerContents server) {
        if (!definition.isAboutNames()) {
            return new Here(definition.in(virtual.session().context()), PlannedTrace.of(definition.traces()));
        }
        String sql = definition.text();
        StatementNames.There there =
                virtual.names().there(sql, definition.traces(), server, meant -> ensure(meant, server));
        return new Here(
                there.sql().equals(sql) ? definition.in(virtual.session().context()) : definition.about(there.sql()),
                there.traces());
    }

    private void unnamed(Frame frame, Definition definition, ServerContents server) {
        Definition before = client.unnamed;
        Definition there = server.unnamed();
        client.unnamed = definition;
        server.unnamed(definition);
        ByteBuf parse = messages.parse("", definition);
        frame.release();
        Runnable skipped = () -> {
            client.unnamed = before;
            server.unnamed(there);
        };
        virtual.send(parse, new Owed.Parse(skipped, () -> {
            // It has dropped the statement before it found out that it fails.
            client.unnamed = null;
            server.unnamed(null);
        }));
    }

    /** Bind: the statement's name is the second one. Takes the frame over. */
    void bind(Frame frame, ServerContents server) {
        ByteBuf body = frame.body();
        String portal = name(body, 0);
        int at = portal.length() + 1;
        String statement = name(body, at);
        Definition definition = meant(statement);
        if (definition != null) {
            if (virtual.postpones(frame, definition.traces())) {
                return;
            }
            Here here = here(definition, server);
            definition = here.definition();
            virtual.session().running(portal, definition, here.traces());
        }
        refer(statement, definition, server);
        rename(frame, at, statement, definition, server, new Owed.Bind(definition));
    }

    /** Describe of a statement. Takes the frame over. */
    void describe(Frame frame, ServerContents server) {
        String statement = name(frame.body(), 1);
        Definition definition = meant(statement);
        if (definition != null) {
            definition = here(definition, server).definition();
        }
        refer(statement, definition, server);
        rename(frame, 1, statement, definition, server, new Owed.Describe(definition));
    }

    private void rename(
            Frame frame, int at, String old, @Nullable Definition definition, ServerContents server, Owed owed) {
        String given = old.isEmpty() || definition == null
                ? notOurs(old)
                : virtual.names().called(old, ensure(definition, server));
        if (given.equals(old)) {
            virtual.send(frame.bytes(), owed);
        } else {
            virtual.send(messages.renamed(frame, at, old.length(), given), owed);
            frame.release();
        }
    }

    /** Close of a statement. Takes the frame over. */
    void close(Frame frame, ServerContents server) {
        String name = name(frame.body(), 1);
        if (name.isEmpty()) {
            Definition before = client.unnamed;
            Definition there = server.unnamed();
            client.unnamed = null;
            server.unnamed(null);
            virtual.send(frame.bytes(), new Owed.Close(() -> {
                client.unnamed = before;
                server.unnamed(there);
            }));
            return;
        }
        Definition known = client.named.remove(name);
        if (known != null) {
            frame.release();
            virtual.own().addInTurn(new Owed.KnownClose(() -> client.named.put(name, known)));
        } else {
            virtual.send(messages.renamed(frame, 1, name.length(), notOurs(name)), new Owed.Close(() -> {}));
            frame.release();
        }
    }

    private @Nullable Definition meant(String name) {
        return name.isEmpty() ? client.unnamed : client.named.get(name);
    }

    /** If the client means the unnamed statement, the server has it now, or none. */
    private void refer(String name, @Nullable Definition mine, ServerContents server) {
        if (!name.isEmpty()) {
            return;
        }
        Definition there = server.unnamed();
        if (mine != null && (there == null || !mine.equals(there))) {
            server.unnamed(mine);
            virtual.send(
                    messages.parse("", mine),
                    new Owed.OwnParse(() -> server.unnamed(there), () -> server.unnamed(null)));
        } else if (mine == null && there != null) {
            server.unnamed(null);
            virtual.send(messages.close(""), new Owed.OwnClose(() -> server.unnamed(there)));
        }
    }

    /** Prepares the statement where the server does not have it; its name there. */
    String ensure(Definition wanted, ServerContents server) {
        Definition definition = wanted.in(virtual.session().context());
        String there = server.find(definition);
        if (there != null) {
            return there;
        }
        String given = server.add(definition);
        evict(server);
        Runnable gone = () -> server.remove(definition);
        if (definition.isBySql()) {
            repeat(given, definition, server, gone);
        } else {
            virtual.send(messages.parse(given, definition), new Owed.OwnParse(gone, gone));
        }
        return given;
    }

    /** As part of the pipeline, for which it takes the unnamed statement; a simple query would end the client's implicit transaction. */
    private void repeat(String name, Definition definition, ServerContents server, Runnable gone) {
        Definition there = server.unnamed();
        server.unnamed(ServerContents.NOBODYS);
        virtual.send(
                messages.parsePrepare(name, definition),
                new Owed.OwnParse(
                        () -> {
                            gone.run();
                            server.unnamed(there);
                        },
                        () -> {
                            gone.run();
                            server.unnamed(null);
                        }));
        virtual.send(messages.bindOwn(), new Owed.OwnStep(gone));
        virtual.send(messages.executeOwn(), new Owed.OwnStep(gone));
        virtual.send(messages.closeOwn(), new Owed.OwnClose(() -> {}));
    }

    private void evict(ServerContents server) {
        for (String name = server.garbage(); name != null; name = server.garbage()) {
            String closed = name;
            virtual.send(messages.close(name), new Owed.OwnClose(() -> server.restoreGarbage(closed)));
        }
        for (Map.Entry<Definition, String> eldest = server.eldestBeyondLimit();
                eldest != null;
                eldest = server.eldestBeyondLimit()) {
            close(eldest.getKey(), server);
        }
    }

    /** The server forgets the statement. */
    void close(Definition definition, ServerContents server) {
        String name = server.remove(definition);
        if (name != null) {
            virtual.send(messages.close(name), new Owed.OwnClose(() -> server.restore(definition, name)));
        }
    }

    /** A name that no client has given is one that the server must not know either. */
    static String notOurs(String name) {
        return name.startsWith(ServerContents.PREFIX) ? "_" + name : name;
    }

    static String name(ByteBuf body, int at) {
        int from = body.readerIndex() + at;
        int end = body.indexOf(from, body.writerIndex(), (byte) 0);
        if (end < 0) {
            throw ErrorCode.MALFORMED_MESSAGE.violation("text without end");
        }
        return body.toString(from, end - from, StandardCharsets.ISO_8859_1);
    }
}
