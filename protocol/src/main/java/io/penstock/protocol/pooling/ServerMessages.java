package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.Target;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages for a shared server: those of a client under other names, and our own. Names are bytes, one to a character. */
final class ServerMessages {
    private static final int TEXT = 25;
    private static final short[] NO_FORMATS = {};
    /** Not the unnamed one: the client may have that open. */
    private static final String OWN_PORTAL = "penstock_prepare";

    private static final String STAYS = """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_depend \
            WHERE refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass \
            AND refobjid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()) \
            OR EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype OPERATOR(pg_catalog.=) 'advisory' \
            AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()) \
            OR EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable) \
            OR pg_catalog.strpos(pg_catalog.current_setting('search_path'), 'pg_temp') OPERATOR(pg_catalog.>) 0""";

    private final ByteBufAllocator allocator;

    ServerMessages(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Parse of the definition under the name. */
    ByteBuf parse(String name, Definition definition) {
        ByteBuf out = allocator.buffer(Frame.HEADER_BYTES + name.length() + 1 + definition.length());
        out.writeByte(FrontendType.PARSE).writeInt(4 + name.length() + 1 + definition.length());
        name(out, name);
        definition.writeTo(out);
        return out;
    }

    /** Parse, without a name, of the PREPARE that makes the definition. */
    ByteBuf parsePrepare(String name, Definition definition) {
        return encode(new FrontendMessage.Parse("", "PREPARE " + name + definition.text(), new int[0]));
    }

    /** Bind of the unnamed statement to a portal of ours. */
    ByteBuf bindOwn() {
        return encode(new FrontendMessage.Bind(OWN_PORTAL, "", NO_FORMATS, List.of(), NO_FORMATS));
    }

    ByteBuf executeOwn() {
        return encode(new FrontendMessage.Execute(OWN_PORTAL, 0));
    }

    ByteBuf closeOwn() {
        return encode(new FrontendMessage.Close(Target.PORTAL, OWN_PORTAL));
    }

    /**
     * A client's message with another name in it.
     *
     * @param at where the name begins in the body
     * @param old how long it is, without its zero byte
     */
    ByteBuf renamed(Frame frame, int at, int old, String name) {
        ByteBuf body = frame.body();
        int length = body.readableBytes() - old + name.length();
        ByteBuf out = allocator.buffer(Frame.HEADER_BYTES + length);
        out.writeByte(frame.type()).writeInt(4 + length);
        out.writeBytes(body, body.readerIndex(), at);
        name(out, name);
        int rest = at + old + 1;
        out.writeBytes(body, body.readerIndex() + rest, body.readableBytes() - rest);
        return out;
    }

    /** A Query or Parse whose text is another; {@code text} has a character for each byte. */
    ByteBuf query(String text) {
        ByteBuf out = allocator.buffer(Frame.HEADER_BYTES + text.length() + 1);
        out.writeByte(FrontendType.QUERY).writeInt(4 + text.length() + 1);
        name(out, text);
        return out;
    }

    /**
     * An error with other names in it, where the server quotes one that a client has not given.
     *
     * @param names what to put in the place of what
     */
    Frame withNames(Frame error, Map<String, String> names) {
        ByteBuf body = error.body();
        String text = body.toString(StandardCharsets.ISO_8859_1);
        if (!text.contains(ServerContents.PREFIX)) {
            return error;
        }
        for (Map.Entry<String, String> name : names.entrySet()) {
            text = text.replace('"' + name.getKey() + '"', '"' + name.getValue() + '"');
        }
        ByteBuf out = allocator.buffer(Frame.HEADER_BYTES + text.length());
        out.writeByte(error.type()).writeInt(4 + text.length());
        out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        error.release();
        return new Frame(out.getByte(out.readerIndex()), out);
    }

    ByteBuf close(String name) {
        return encode(new FrontendMessage.Close(Target.STATEMENT, name));
    }

    ByteBuf sync() {
        return encode(new FrontendMessage.Sync());
    }

    ByteBuf flush() {
        return encode(new FrontendMessage.Flush());
    }

    /** Asks for the values of settings, a row for each. */
    ByteBuf ask(List<String> names) {
        ByteBuf out = allocator.buffer();
        encode(out, new FrontendMessage.Parse("", "SELECT pg_catalog.current_setting($1, true)", new int[] {TEXT}));
        names.forEach(name -> run(out, name));
        encode(out, new FrontendMessage.Sync());
        return out;
    }

    /**
     * Asks, in no transaction, whether anything of the session is there that only this server has: what DISCARD TEMP would drop, a lock, a
     * cursor, or a search path that makes temporary tables of those that do not say so.
     */
    ByteBuf askStays() {
        return query(STAYS);
    }

    /** Sets settings; those without a value go back to the default of their login. */
    ByteBuf set(List<Setting> settings) {
        ByteBuf out = allocator.buffer();
        encode(out, new FrontendMessage.Parse("", "SELECT pg_catalog.set_config($1, $2, false)", new int[] {TEXT, TEXT
        }));
        settings.forEach(setting -> run(out, setting.name(), setting.value()));
        encode(out, new FrontendMessage.Sync());
        return out;
    }

    /** A setting's name and the value that it is to have. */
    record Setting(String name, @Nullable String value) {}

    private static void run(ByteBuf out, @Nullable String... values) {
        List<byte @Nullable []> parameters = Arrays.stream(values)
                .map(value -> value == null ? null : value.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
        encode(out, new FrontendMessage.Bind("", "", NO_FORMATS, parameters, NO_FORMATS));
        encode(out, new FrontendMessage.Execute("", 0));
    }

    private ByteBuf encode(FrontendMessage message) {
        ByteBuf out = allocator.buffer(16);
        encode(out, message);
        return out;
    }

    private static void encode(ByteBuf out, FrontendMessage message) {
        FrontendMessages.encode(message, out, StandardCharsets.ISO_8859_1);
    }

    private static void name(ByteBuf out, String name) {
        out.writeCharSequence(name, StandardCharsets.ISO_8859_1);
        out.writeByte(0);
    }
}
