package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.message.FrontendMessage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Messages of a client that is logged in, each wrong in one way. */
final class MessageAttacks {
    private static final byte[] PARSED =
            RawClient.bytes(new FrontendMessage.Parse("s", "select $1::text, $2::int", new int[0]));

    private MessageAttacks() {}

    static Map<String, byte[]> all() {
        Map<String, byte[]> cases = new LinkedHashMap<>();
        for (int type = 0; type < 256; type++) {
            // All types that there are but Terminate, and some that there are not.
            if (type % 11 == 0 || "QPBDECHSdcfFp".indexOf(type) >= 0) {
                cases.put("type " + type + " without a body", message(type, 4, ""));
            }
        }
        for (char type : "QPBDECHSdcfFp".toCharArray()) {
            for (int length : new int[] {0, 1, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x4000_0000}) {
                cases.put(type + " of length " + length, message(type, length, ""));
            }
        }
        for (char type : "DECHSX".toCharArray()) {
            cases.put(type + " of 10001 bytes", message(type, 10_001, "x".repeat(9_997)));
        }
        cases.put("query without its end", whole('Q', "select 1"));
        cases.put("query with a message inside", whole('Q', "select 1\0Q\0\0\0\15select 2\0"));
        cases.put("query with a zero byte", whole('Q', "select 1\0select 2\0"));
        cases.put("query that is not UTF-8", whole('Q', "select '\u00ff'\0"));
        cases.put("parse without types", whole('P', "s\0select 1\0"));
        cases.put("parse with too few types", whole('P', "s\0select $1\0\0\2\0\0\0\27"));
        cases.put("parse with more behind", whole('P', "s\0select 1\0\0\0x"));
        cases.put("parse with a negative count", whole('P', "s\0select 1\0\u00ff\u00ff"));
        cases.put("parse of two statements", whole('P', "s\0select 1; select 2\0\0\0"));
        cases.put("describe of nothing known", whole('D', "Xs\0"));
        cases.put("describe without a name", whole('D', "S"));
        cases.put("close of nothing known", whole('C', "Xs\0"));
        cases.put("execute without rows", whole('E', "\0"));
        cases.put("execute of negative rows", whole('E', "\0\u00ff\u00ff\u00ff\u00ff"));
        cases.put("execute with more behind", whole('E', "\0\0\0\0\0x"));
        cases.put("sync with a body", whole('S', "x"));
        cases.put("flush with a body", whole('H', "x"));
        cases.put("call without arguments", whole('F', "\0\0\0\1"));
        cases.put("call of nothing", whole('F', "\0\0\0\1\0\0\0\0\0\0"));
        cases.put("call with a negative length", whole('F', "\0\0\2\u00d8\0\0\0\1\u00ff\u00ff\u00ff\u00fe\0\0"));
        cases.put("data outside of COPY", whole('d', "1\n"));
        cases.put("end outside of COPY", whole('c', ""));
        cases.put("failure outside of COPY", whole('f', "no\0"));
        cases.put("password after the login", whole('p', "secret\0"));
        cases.put("startup after the login", startup());
        bind(cases);
        return cases;
    }

    private static void bind(Map<String, byte[]> cases) {
        String names = "\0s\0";
        String good = "\0\1a\0\0\0\0\1" + "2";
        cases.put("bind", bound(names + "\0\0" + "\0\2" + "\0\0\0\1a" + "\0\0\0\1" + "2" + "\0\0"));
        cases.put("bind of too few", bound(names + "\0\0" + "\0\1" + "\0\0\0\1a" + "\0\0"));
        cases.put(
                "bind of too many", bound(names + "\0\0" + "\0\3" + "\0\0\0\1a\0\0\0\1" + "2\0\0\0\1" + "3" + "\0\0"));
        cases.put("bind of fewer than said", bound(names + "\0\0" + "\0\2" + "\0\0\0\1a"));
        cases.put(
                "bind of three formats",
                bound(names + "\0\3\0\0\0\0\0\0" + "\0\2" + "\0\0\0\1a\0\0\0\1" + "2" + "\0\0"));
        cases.put("bind of an unknown format", bound(names + "\0\1\0\7" + "\0\2" + "\0\0\0\1a\0\0\0\1" + "2" + "\0\0"));
        cases.put(
                "bind of an unknown result format",
                bound(names + "\0\0" + "\0\2" + "\0\0\0\1a\0\0\0\1" + "2" + "\0\1\0\7"));
        cases.put("bind of a wrong value", bound(names + "\0\0" + "\0\2" + "\0\0\0\1a\0\0\0\1" + "x" + "\0\0"));
        cases.put(
                "bind of nulls",
                bound(names + "\0\0" + "\0\2" + "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff" + "\0\0"));
        for (String length :
                new String[] {"\u00ff\u00ff\u00ff\u00fe", "\u0080\0\0\0", "\u007f\u00ff\u00ff\u00ff", "\0\0\0\u00ff"}) {
            cases.put("bind of length " + hex(length), bound(names + "\0\0" + "\0\2" + length + "a" + good + "\0\0"));
        }
        cases.put("bind of 65535 formats", bound(names + "\u00ff\u00ff"));
        cases.put(
                "bind of 65535 values", bound(names + "\0\0" + "\u00ff\u00ff" + "\u00ff".repeat(4 * 65_535) + "\0\0"));
        cases.put("bind with more behind", bound(names + "\0\0" + "\0\2" + "\0\0\0\1a\0\0\0\1" + "2" + "\0\0x"));
        cases.put("bind without a name", bound("s"));
        cases.put("bind of an unknown statement", bound("\0t\0\0\0\0\0\0\0"));
    }

    private static String hex(String bytes) {
        return ByteBufUtil.hexDump(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] bound(String body) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(PARSED, whole('B', body)));
    }

    private static byte[] startup() {
        return RawClient.bytes(new FrontendMessage.Startup(3 << 16, Map.of("user", "postgres")));
    }

    private static byte[] whole(int type, String body) {
        return message(type, 4 + body.length(), body);
    }

    private static byte[] message(int type, int length, String body) {
        ByteBuf buffer = Unpooled.buffer();
        buffer.writeByte(type).writeInt(length).writeBytes(body.getBytes(StandardCharsets.ISO_8859_1));
        return ByteBufUtil.getBytes(buffer);
    }
}
