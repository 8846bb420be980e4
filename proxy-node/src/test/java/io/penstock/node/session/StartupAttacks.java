package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.message.FrontendMessage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** First packets that are wrong in one way each, and some that only look wrong. Behind those that let in comes the probe. */
final class StartupAttacks {
    private static final int VERSION = 3 << 16;
    private static final int SSL = 1234 << 16 | 5679;
    private static final int GSS = 1234 << 16 | 5680;
    private static final int CANCEL = 1234 << 16 | 5678;
    /** A whole simple query {@code select 'alive'}. */
    private static final byte[] PROBE = RawClient.bytes(new FrontendMessage.Query("select 'alive'"));

    private StartupAttacks() {}

    static Map<String, byte[]> all() {
        Map<String, byte[]> cases = new LinkedHashMap<>();
        for (int length : new int[] {0, 1, 3, 4, 7, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 10_005, 0x00ff_ffff}) {
            cases.put("length " + length, ints(length, VERSION));
        }
        cases.put("length and nothing", ints(8));
        cases.put("version alone", ints(8, VERSION));
        cases.put("version 0", ints(8, 0));
        cases.put("version 2.0", packet(2 << 16, "user", "postgres", ""));
        cases.put("version 4.0", packet(4 << 16, "user", "postgres", ""));
        cases.put("version 1234.1", packet(1234 << 16 | 1, "user", "postgres", ""));
        cases.put("good", packet(VERSION, "user", "postgres", ""));
        // A few bytes less than what is taken: the node names the database in its own packet to the server.
        cases.put("9900 bytes", padded(9_900));
        cases.put("10001 bytes", padded(10_001));
        cases.put("no terminator", packet(VERSION, "user", "postgres"));
        cases.put("no terminator of the value", raw(VERSION, "user\0postgres"));
        cases.put("name without value", packet(VERSION, "user", "postgres", "database"));
        cases.put("name without value, terminated", packet(VERSION, "user", "postgres", "database", ""));
        cases.put("bytes behind the terminator", packet(VERSION, "user", "postgres", "", "x"));
        cases.put("no user", packet(VERSION, "database", "postgres", ""));
        cases.put("empty user", packet(VERSION, "user", "", "database", "postgres", ""));
        cases.put("no parameters", packet(VERSION, ""));
        for (int length : new int[] {63, 64, 65, 9_000}) {
            cases.put("user of " + length, packet(VERSION, "user", "u".repeat(length), "database", "postgres", ""));
        }
        cases.put("user twice", packet(VERSION, "user", "nobody", "user", "postgres", "database", "postgres", ""));
        cases.put("setting twice", packet(VERSION, "user", "postgres", "geqo", "nonsense", "geqo", "off", ""));
        cases.put("unknown setting", packet(VERSION, "user", "postgres", "no_such_setting", "1", ""));
        cases.put("wrong value", packet(VERSION, "user", "postgres", "work_mem", "lots", ""));
        cases.put("wrong encoding", packet(VERSION, "user", "postgres", "client_encoding", "NONSENSE", ""));
        cases.put("wrong options", packet(VERSION, "user", "postgres", "options", "--nonsense", ""));
        cases.put("options of no setting", packet(VERSION, "user", "postgres", "options", "-c nothing", ""));
        cases.put("options with an unknown one", packet(VERSION, "user", "postgres", "options", "-c a_b=1", ""));
        cases.put("custom setting", packet(VERSION, "user", "postgres", "a.b", "1", ""));
        cases.put("setting of the postmaster", packet(VERSION, "user", "postgres", "max_connections", "1", ""));
        cases.put("replication of nonsense", packet(VERSION, "user", "postgres", "replication", "perhaps", ""));
        cases.put("role that is not there", packet(VERSION, "user", "postgres", "role", "nobody_here", ""));
        cases.put("user that is not there", packet(VERSION, "user", "nobody_here", "database", "postgres", ""));
        cases.put("minor version to come", packet(VERSION | 9999, "user", "postgres", ""));
        cases.put("version 3.1", packet(VERSION | 1, "user", "postgres", ""));
        cases.put("version 3.2", packet(VERSION | 2, "user", "postgres", ""));
        cases.put("options to come", packet(VERSION, "user", "postgres", "_pq_.grease", "1", ""));
        cases.put("SSL twice", joined(ints(8, SSL), ints(8, SSL)));
        cases.put("SSL with a body", raw(SSL, "x"));
        cases.put("GSS with a body", raw(GSS, "x"));
        cases.put("cancel of nobody", ints(16, CANCEL, 1, 2));
        cases.put("cancel without key", ints(12, CANCEL, 1));
        cases.put("cancel alone", ints(8, CANCEL));
        cases.put("query first", PROBE);
        for (String other : new String[] {
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n", "*1\r\n$4\r\nPING\r\n", "\0\0\0"
        }) {
            cases.put(other.strip(), other.getBytes(StandardCharsets.ISO_8859_1));
        }
        return cases;
    }

    private static byte[] padded(int length) {
        int rest = length - "user\0postgres\0application_name\0\0\0".length() - Integer.BYTES;
        return packet(VERSION, "user", "postgres", "application_name", "x".repeat(rest), "");
    }

    /** Strings with a zero byte behind each. */
    private static byte[] packet(int code, String... strings) {
        return raw(code, String.join("\0", strings) + "\0");
    }

    private static byte[] raw(int code, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        return joined(ints(8 + bytes.length, code), bytes, PROBE);
    }

    private static byte[] ints(int... values) {
        ByteBuf buffer = Unpooled.buffer();
        for (int value : values) {
            buffer.writeInt(value);
        }
        return ByteBufUtil.getBytes(buffer);
    }

    private static byte[] joined(byte[]... parts) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
    }
}
