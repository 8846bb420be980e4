package io.penstock.node.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The answers of an API that are not yet in Postgres, on the node's own disk: what closes the gap between the API's "accepted" and the commit of
 * its row, also where Postgres is away. Append-only, checksummed, rewritten when most of it is history. One thread at a time.
 *
 * <p>Invariant: after {@link #append} has returned, every held record in it survives kill -9 and loss of power, until it is released. A release may
 * be forgotten by a crash: recovery finds the entry APPLIED then and releases it again.
 *
 * <p>Danger: after a failed write or fsync nobody knows what is on the disk, and a second fsync that succeeds proves nothing about the first. So the
 * next append rewrites the whole from memory into a new file, and does not trust the old one again.
 */
final class AnswerFile implements AutoCloseable {
    /** Below this size history costs nothing worth a rewrite. */
    static final int SMALL_BYTES = 1 << 20;

    private final AnswerDisk disk;
    private final Map<UUID, AnswerRecord.Held> held = new LinkedHashMap<>();
    private long heldBytes;
    private long fileBytes;
    private boolean broken;

    private AnswerFile(AnswerDisk disk) {
        this.disk = disk;
    }

    /** Opens, and cuts a torn tail off. */
    static AnswerFile open(AnswerDisk disk) throws IOException {
        AnswerFile file = new AnswerFile(disk);
        ByteBuffer bytes = disk.read();
        int size = bytes.remaining();
        AnswerFrames.Content content = AnswerFrames.decode(bytes);
        content.records().forEach(file::remember);
        file.fileBytes = size;
        if (content.soundBytes() != size || size == 0) {
            file.rewrite();
        }
        return file;
    }

    /** Held and not released, oldest first. */
    List<AnswerRecord.Held> held() {
        return List.copyOf(held.values());
    }

    /** The bytes that {@link #held()} takes: what a bound is compared with. */
    long heldBytes() {
        return heldBytes;
    }

    /** Returns once every held record among {@code records} is durable; a mere release is written and not waited for. */
    void append(List<AnswerRecord> records) throws IOException {
        List<UUID> added = new ArrayList<>();
        for (AnswerRecord record : records) {
            if (remember(record)) {
                added.add(record.id());
            }
        }
        try {
            if (broken || fileBytes > SMALL_BYTES && fileBytes > 2 * heldBytes) {
                rewrite();
            } else {
                write(records, !added.isEmpty());
            }
        } catch (IOException e) {
            broken = true;
            // The caller is told that these are not durable, and keeps them elsewhere.
            added.forEach(this::forget);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }

    private void write(List<AnswerRecord> records, boolean durable) throws IOException {
        int bytes = records.stream().mapToInt(AnswerFrames::encodedBytes).reduce(0, Math::addExact);
        ByteBuffer out = ByteBuffer.allocate(bytes);
        records.forEach(record -> AnswerFrames.encode(record, out));
        disk.append(out.flip());
        if (durable) {
            disk.force();
        }
        fileBytes += bytes;
    }

    private void rewrite() throws IOException {
        ByteBuffer whole = AnswerFrames.file(List.copyOf(held.values()));
        int bytes = whole.remaining();
        disk.replace(whole);
        fileBytes = bytes;
        broken = false;
    }

    private boolean remember(AnswerRecord record) {
        forget(record.id());
        return switch (record) {
            case AnswerRecord.Held answer -> {
                held.put(answer.id(), answer);
                heldBytes += AnswerFrames.encodedBytes(answer);
                yield true;
            }
            case AnswerRecord.Released _ -> false;
        };
    }

    private void forget(UUID id) {
        AnswerRecord.Held gone = held.remove(id);
        if (gone != null) {
            heldBytes -= AnswerFrames.encodedBytes(gone);
        }
    }
}
