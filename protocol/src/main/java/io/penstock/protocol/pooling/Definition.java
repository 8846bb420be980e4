package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.sql.SessionTrace;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement apart from its name: the text and the types of its parameters, byte for byte as in Parse or as behind the name in
 * PREPARE, and the context in which they have their meaning. Clients that prepare the same share one on each server, unless tables or
 * types have changed in between: each Parse is of now, and a statement that was parsed before fails or goes on as Postgres has it.
 */
final class Definition {
    /** What Postgres keeps for a plan, beyond its text: a rough middle. */
    private static final int PLAN_BYTES = 8 * 1024;

    private final byte[] content;
    private final int contentHash;
    private final List<SessionTrace> traces;
    private final ParseContext context;
    private final long catalog;
    private final boolean shareable;
    private final boolean bySql;
    /** The same in the context in which it was used last. */
    private @Nullable Definition elsewhere;

    /**
     * Of a Parse.
     *
     * @param content what follows the name in Parse: the text, a zero byte, the types
     * @param catalog {@link CatalogChanges#count} of then
     */
    Definition(byte[] content, List<SessionTrace> traces, ParseContext context, long catalog) {
        this(content, Arrays.hashCode(content), traces, context, catalog, true, false);
    }

    private Definition(
            byte[] content,
            int contentHash,
            List<SessionTrace> traces,
            ParseContext context,
            long catalog,
            boolean shareable,
            boolean bySql) {
        this.content = content;
        this.contentHash = contentHash;
        this.traces = traces;
        this.context = context;
        this.catalog = catalog;
        this.shareable = shareable;
        this.bySql = bySql;
    }

    /** One that nobody shares, because its meaning is fixed when it is prepared: {@code 'now'::timestamp}. */
    static Definition unshared(byte[] content, List<SessionTrace> traces) {
        return new Definition(content, Arrays.hashCode(content), traces, ParseContext.unknown(), 0, false, false);
    }

    /**
     * Of a PREPARE.
     *
     * @param rest what follows the name, a character for each byte
     * @param shareable whether its meaning is not fixed when it is prepared
     */
    static Definition bySql(String rest, List<SessionTrace> traces, ParseContext context, boolean shareable) {
        byte[] content = rest.getBytes(StandardCharsets.ISO_8859_1);
        return new Definition(
                content,
                Arrays.hashCode(content),
                traces,
                shareable ? context : ParseContext.unknown(),
                0, // each PREPARE is one of its own
                shareable,
                true);
    }

    /** Whether it comes from PREPARE, so that it takes a PREPARE to have it elsewhere: its types are names there. */
    boolean isBySql() {
        return bySql;
    }

    /** The text, a character for each byte. */
    String text() {
        return text(content);
    }

    static String text(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != 0) {
            end++;
        }
        return new String(content, 0, end, StandardCharsets.ISO_8859_1);
    }

    /** The same with another text, for one use. */
    Definition about(String text) {
        byte[] types = Arrays.copyOfRange(content, text().length(), content.length);
        byte[] other = Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), text.length() + types.length);
        System.arraycopy(types, 0, other, text.length(), types.length);
        return unshared(other, traces);
    }

    /** The same text and types in another context. */
    Definition in(ParseContext other) {
        if (!shareable || context.equals(other)) {
            return this;
        }
        Definition known = elsewhere;
        if (known == null || !known.context.equals(other)) {
            known = new Definition(content, contentHash, traces, other, catalog, true, bySql);
            elsewhere = known;
        }
        return known;
    }

    boolean isIn(ParseContext other) {
        return context.equals(other);
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(content);
    }

    int length() {
        return content.length;
    }

    /** What running it may leave in the session. */
    List<SessionTrace> traces() {
        return traces;
    }

    /** Whether it is itself a PREPARE, an EXECUTE or a DEALLOCATE, whose names are others on each server. */
    boolean isAboutNames() {
        return traces.stream().anyMatch(trace -> trace.naming() != null);
    }

    /** What it costs a server, roughly. */
    long serverBytes() {
        return PLAN_BYTES + 2L * content.length;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Definition that
                        && contentHash == that.contentHash
                        && bySql == that.bySql
                        && catalog == that.catalog
                        && context.equals(that.context)
                        && Arrays.equals(content, that.content));
    }

    @Override
    public int hashCode() {
        return 31 * contentHash + context.hashCode();
    }

    /** For logs: never the text. */
    @Override
    public String toString() {
        return "Definition[" + content.length + " bytes]";
    }
}
