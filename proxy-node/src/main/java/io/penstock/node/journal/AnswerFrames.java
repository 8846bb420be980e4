package io.penstock.node.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The bytes of an {@link AnswerFile}, pure.
 *
 * <pre>
 * file  = magic(8 bytes "PENSTKA1") frame*
 * frame = length(int32, of the payload) crc(int32, CRC32C over length and payload) payload
 * payload = kind(1 byte: 'H' held, 'R' released) id(16 bytes) answer(JSON, only where held)
 * </pre>
 *
 * A process can be killed, or a machine lose its power, in the middle of a write. So reading ends at the first frame that is not whole and
 * sound; what follows was never acknowledged to anybody. No length is trusted before the bytes are there.
 */
final class AnswerFrames {
    static final long MAGIC = 0x50454E53544B4131L;
    static final int MAGIC_BYTES = Long.BYTES;

    private static final int HEADER_BYTES = 2 * Integer.BYTES;
    private static final int ID_BYTES = 2 * Long.BYTES;
    private static final byte HELD = 'H';
    private static final byte RELEASED = 'R';

    /**
     * What could be read.
     *
     * @param soundBytes how far the file is sound; everything behind is to be cut off
     */
    record Content(List<AnswerRecord> records, int soundBytes) {}

    private AnswerFrames() {}

    static int encodedBytes(AnswerRecord record) {
        return HEADER_BYTES + payloadBytes(record);
    }

    static void encode(AnswerRecord record, ByteBuffer out) {
        int start = out.position();
        out.putInt(payloadBytes(record)).putInt(0);
        switch (record) {
            case AnswerRecord.Held held -> putId(out.put(HELD), held.id()).put(held.answer());
            case AnswerRecord.Released released -> putId(out.put(RELEASED), released.id());
        }
        out.putInt(start + Integer.BYTES, checksum(out, start, out.position()));
    }

    /** A whole file: the magic and {@code records}. */
    static ByteBuffer file(List<? extends AnswerRecord> records) {
        int bytes = MAGIC_BYTES
                + records.stream().mapToInt(AnswerFrames::encodedBytes).reduce(0, Math::addExact);
        ByteBuffer out = ByteBuffer.allocate(bytes).putLong(MAGIC);
        records.forEach(record -> encode(record, out));
        return out.flip();
    }

    /** Reads a file's bytes. A file without the magic has nothing sound in it: {@code soundBytes} is 0. */
    static Content decode(ByteBuffer file) {
        List<AnswerRecord> records = new ArrayList<>();
        if (file.remaining() < MAGIC_BYTES || file.getLong() != MAGIC) {
            return new Content(records, 0);
        }
        int sound = file.position();
        while (file.remaining() >= HEADER_BYTES) {
            int start = file.position();
            int length = file.getInt();
            int crc = file.getInt();
            if (length < 1 + ID_BYTES || length > file.remaining()) {
                break;
            }
            int end = start + HEADER_BYTES + length;
            if (checksum(file, start, end) != crc) {
                break;
            }
            byte kind = file.get();
            UUID id = new UUID(file.getLong(), file.getLong());
            if (kind == HELD && length - 1 - ID_BYTES <= AnswerRecord.Held.MAX_BYTES) {
                byte[] answer = new byte[length - 1 - ID_BYTES];
                file.get(answer);
                records.add(new AnswerRecord.Held(id, answer));
            } else if (kind == RELEASED && length == 1 + ID_BYTES) {
                records.add(new AnswerRecord.Released(id));
            } else {
                break;
            }
            sound = end;
        }
        return new Content(records, sound);
    }

    private static int payloadBytes(AnswerRecord record) {
        return switch (record) {
            case AnswerRecord.Held held -> 1 + ID_BYTES + held.answer().length;
            case AnswerRecord.Released _ -> 1 + ID_BYTES;
        };
    }

    private static ByteBuffer putId(ByteBuffer out, UUID id) {
        return out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static int checksum(ByteBuffer bytes, int start, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(start, Integer.BYTES));
        crc.update(bytes.slice(start + HEADER_BYTES, end - start - HEADER_BYTES));
        return (int) crc.getValue();
    }
}
