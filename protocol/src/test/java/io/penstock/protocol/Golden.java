package io.penstock.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * Bytes written down with a legend beside them. Each line begins with bytes in hexadecimal or with text in single quotes; what stands
 * behind two spaces or more says what they are.
 *
 * <pre>
 * 'Q'            simple query
 * 00 00 00 0d    length
 * 'SELECT 1' 00  its text
 * </pre>
 */
public final class Golden {
    private Golden() {}

    public static byte[] bytes(String legend) {
        String hex = legend.lines().map(Golden::hexOfLine).collect(Collectors.joining());
        return HexFormat.of().parseHex(hex);
    }

    /** What a buffer holds; releases it. */
    public static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = ByteBufUtil.getBytes(buffer);
        buffer.release();
        return bytes;
    }

    private static String hexOfLine(String line) {
        StringBuilder hex = new StringBuilder();
        int position = 0;
        while (position < line.length() && !line.startsWith("  ", position)) {
            char c = line.charAt(position);
            if (c == '\'') {
                int end = line.indexOf('\'', position + 1);
                for (char quoted : line.substring(position + 1, end).toCharArray()) {
                    hex.append("%02x".formatted((int) quoted));
                }
                position = end + 1;
            } else if (c == ' ') {
                position++;
            } else {
                hex.append(line, position, position + 2);
                position += 2;
            }
        }
        return hex.toString();
    }
}
