package io.penstock.node.contract;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One message of the server as a test reads it. Decoded here and not by the proxy's own codec, so that no mistake is shared.
 *
 * @param body without type and length
 */
public record WireMessage(char type, byte[] body) {
    /** A column of a RowDescription. */
    public record Column(String name, int typeOid, int format) {}

    private DataInputStream reader() {
        return new DataInputStream(new ByteArrayInputStream(body));
    }

    /** Of a RowDescription. */
    public List<Column> columns() {
        try (DataInputStream in = reader()) {
            List<Column> columns = new ArrayList<>();
            int count = in.readUnsignedShort();
            for (int i = 0; i < count; i++) {
                String name = string(in);
                in.skipNBytes(6);
                int type = in.readInt();
                in.skipNBytes(6);
                columns.add(new Column(name, type, in.readUnsignedShort()));
            }
            return columns;
        } catch (IOException truncated) {
            throw new UncheckedIOException(truncated);
        }
    }

    /** Of a DataRow. */
    public List<byte[]> values() {
        try (DataInputStream in = reader()) {
            List<byte[]> values = new ArrayList<>();
            int count = in.readUnsignedShort();
            for (int i = 0; i < count; i++) {
                int length = in.readInt();
                values.add(length < 0 ? null : in.readNBytes(length));
            }
            return values;
        } catch (IOException truncated) {
            throw new UncheckedIOException(truncated);
        }
    }

    /** Of an ErrorResponse or NoticeResponse. */
    public WireReport report() {
        Map<Character, String> fields = new TreeMap<>();
        try (DataInputStream in = reader()) {
            for (int field = in.read(); field > 0; field = in.read()) {
                fields.put((char) field, string(in));
            }
        } catch (IOException truncated) {
            throw new UncheckedIOException(truncated);
        }
        return new WireReport(fields);
    }

    /** Of a CommandComplete. */
    public String tag() {
        return new String(body, 0, body.length - 1, StandardCharsets.UTF_8);
    }

    private static String string(DataInputStream in) throws IOException {
        StringBuilder bytes = new StringBuilder();
        for (int b = in.read(); b > 0; b = in.read()) {
            bytes.append((char) b);
        }
        return new String(bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
