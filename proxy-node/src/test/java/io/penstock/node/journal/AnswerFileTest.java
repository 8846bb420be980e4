package io.penstock.node.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerFileTest {
    private static final UUID FIRST = new UUID(0, 1);
    private static final UUID SECOND = new UUID(0, 2);
    private static final UUID THIRD = new UUID(0, 3);

    @TempDir
    Path folder;

    /**
     * <pre>
     * 50454E53 544B4131                        magic "PENSTKA1"
     * 00000013                                 length 19: kind, id, 2 bytes of answer
     * xxxxxxxx                                 CRC32C
     * 48                                       'H' held
     * 0000000000000000 0000000000000001        id
     * 5B5D                                     "[]"
     * </pre>
     */
    @Test
    void bytesOfAFileWithOneAnswer() {
        ByteBuffer file = AnswerFrames.file(List.of(held(FIRST, "[]")));
        assertThat(file.remaining()).isEqualTo(8 + 8 + 19);
        assertThat(file.getLong(0)).isEqualTo(0x50454E53544B4131L);
        assertThat(file.getInt(8)).isEqualTo(19);
        assertThat(file.get(16)).isEqualTo((byte) 'H');
        assertThat(file.getLong(17)).isZero();
        assertThat(file.getLong(25)).isEqualTo(1);
        assertThat(file.getShort(33)).isEqualTo((short) 0x5B5D);
        assertThat(ids(AnswerFrames.decode(file).records())).containsExactly(FIRST);
    }

    @Test
    void cutAtEveryByteItKeepsWhatWasWhole() throws IOException {
        byte[] whole =
                bytes(AnswerFrames.file(List.of(held(FIRST, "[1]"), held(SECOND, "[22]"), held(THIRD, "[333]"))));
        int firstEnds = 8 + 8 + 17 + 3;
        int secondEnds = firstEnds + 8 + 17 + 4;
        for (int cut = 0; cut <= whole.length; cut++) {
            MemoryDisk disk = new MemoryDisk(Arrays.copyOf(whole, cut));
            try (AnswerFile file = AnswerFile.open(disk)) {
                List<UUID> kept = new ArrayList<>();
                if (cut >= firstEnds) {
                    kept.add(FIRST);
                }
                if (cut >= secondEnds) {
                    kept.add(SECOND);
                }
                if (cut == whole.length) {
                    kept.add(THIRD);
                }
                assertThat(ids(file.held())).as("cut at %s", cut).isEqualTo(kept);
                // And what comes after the cut is found again, not lost behind the torn tail.
                UUID next = new UUID(9, cut);
                file.append(List.of(held(next, "[]")));
                kept.add(next);
                try (AnswerFile reopened = AnswerFile.open(new MemoryDisk(disk.content()))) {
                    assertThat(ids(reopened.held())).isEqualTo(kept);
                }
            }
        }
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] whole = bytes(AnswerFrames.file(List.of(held(FIRST, "[1]"), held(SECOND, "[2]"))));
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            List<UUID> read = ids(AnswerFrames.decode(ByteBuffer.wrap(flipped)).records());
            assertThat(read).as("bit %s", bit).isIn(List.of(), List.of(FIRST));
        }
    }

    @Test
    void anyBytesAreReadWithoutHarm() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            ByteBuffer file = ByteBuffer.allocate(8 + noise.length)
                    .putLong(AnswerFrames.MAGIC)
                    .put(noise)
                    .flip();
            AnswerFrames.Content content = AnswerFrames.decode(file);
            assertThat(content.soundBytes()).isBetween(8, 8 + noise.length);
        }
    }

    @Test
    void powerLostAtAnyByteLosesNothingThatWasAcknowledged() throws IOException {
        Random random = new Random(11);
        for (int round = 0; round < 2_000; round++) {
            MemoryDisk disk = new MemoryDisk();
            AnswerFile file = AnswerFile.open(disk);
            List<UUID> live = new ArrayList<>();
            for (int step = random.nextInt(20); step >= 0; step--) {
                if (!live.isEmpty() && random.nextInt(3) == 0) {
                    file.append(List.of(new AnswerRecord.Released(live.remove(random.nextInt(live.size())))));
                } else {
                    UUID id = new UUID(round, step);
                    file.append(List.of(held(id, "x".repeat(random.nextInt(50)))));
                    live.add(id);
                }
            }
            AnswerFile after = AnswerFile.open(disk.afterPowerLoss(random.nextInt(disk.unforced() + 1)));
            // A release may be forgotten, a held answer never.
            assertThat(ids(after.held())).containsAll(live);
        }
    }

    @Test
    void aFullDiskIsSaidAndTheNextAppendThatFitsIsSoundAgain() throws IOException {
        MemoryDisk disk = new MemoryDisk();
        AnswerFile file = AnswerFile.open(disk);
        file.append(List.of(held(FIRST, "[1]")));
        disk.room(10);
        assertThatThrownBy(() -> file.append(List.of(held(SECOND, "[2]")))).hasMessageContaining("No space");
        assertThat(ids(file.held())).containsExactly(FIRST);
        disk.room(1_000);
        file.append(List.of(held(THIRD, "[3]")));
        assertThat(ids(AnswerFile.open(new MemoryDisk(disk.content())).held())).containsExactly(FIRST, THIRD);
    }

    @Test
    void afterAFailedFsyncTheOldFileIsNotTrustedAgain() throws IOException {
        MemoryDisk disk = new MemoryDisk();
        AnswerFile file = AnswerFile.open(disk);
        file.append(List.of(held(FIRST, "[1]")));
        disk.failForce(true);
        assertThatThrownBy(() -> file.append(List.of(held(SECOND, "[2]")))).isInstanceOf(IOException.class);
        disk.failForce(false);
        int forces = disk.forces.get();
        file.append(List.of(held(THIRD, "[3]")));
        assertThat(disk.forces.get()).as("rewritten, not forced once more").isEqualTo(forces);
        assertThat(ids(AnswerFile.open(disk.afterPowerLoss(0)).held())).containsExactly(FIRST, THIRD);
    }

    @Test
    void historyIsDroppedSoThatTheFileStaysSmall() throws IOException {
        Path path = folder.resolve("answers");
        try (AnswerFile file = AnswerFile.open(FileDisk.open(path))) {
            String answer = "y".repeat(10_000);
            for (int i = 0; i < 1_000; i++) {
                file.append(List.of(held(new UUID(1, i), answer)));
                file.append(List.of(new AnswerRecord.Released(new UUID(1, i))));
            }
            file.append(List.of(held(FIRST, "[1]")));
            assertThat(Files.size(path)).isLessThan(3L * AnswerFile.SMALL_BYTES);
        }
        try (AnswerFile again = AnswerFile.open(FileDisk.open(path))) {
            assertThat(ids(again.held())).containsExactly(FIRST);
            assertThat(again.heldBytes()).isLessThan(100);
        }
    }

    @Test
    void twoNodesCannotShareOneFile() throws IOException {
        Path path = folder.resolve("shared");
        try (FileDisk _ = FileDisk.open(path)) {
            assertThatThrownBy(() -> FileDisk.open(path)).hasMessageContaining("already open");
        }
        FileDisk.open(path).close();
    }

    private static AnswerRecord.Held held(UUID id, String answer) {
        return new AnswerRecord.Held(id, answer.getBytes(StandardCharsets.UTF_8));
    }

    private static List<UUID> ids(List<? extends AnswerRecord> records) {
        return records.stream().map(AnswerRecord::id).toList();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
