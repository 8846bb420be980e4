package io.penstock.node.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A real file. A second file {@code NAME.lock} is locked while it is open, because two processes that share one would each believe that the
 * other's records are theirs to drop.
 *
 * <p>Danger: an interrupt of a thread inside a {@link FileChannel} closes the channel. Only {@link AnswerKeeper}'s own thread, which nobody
 * interrupts, comes here.
 */
final class FileDisk implements AnswerDisk {
    private final Path path;
    private final Path fresh;
    private final FileChannel lockChannel;
    private @Nullable FileChannel channel;

    private FileDisk(Path path, FileChannel lockChannel) {
        this.path = path;
        this.fresh = path.resolveSibling(path.getFileName() + ".new");
        this.lockChannel = lockChannel;
    }

    /** @throws IOException also where another process has it open */
    static FileDisk open(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        FileChannel lockChannel = FileChannel.open(
                path.resolveSibling(path.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = lockChannel.tryLock();
            if (lock != null) {
                return new FileDisk(path, lockChannel);
            }
        } catch (OverlappingFileLockException e) {
            lockChannel.close();
            throw new IOException(path + " is already open in this process", e);
        }
        lockChannel.close();
        throw new IOException(path + " is already open in another process");
    }

    @Override
    public ByteBuffer read() throws IOException {
        return Files.exists(path) ? ByteBuffer.wrap(Files.readAllBytes(path)) : ByteBuffer.allocate(0);
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        if (channel == null) {
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        }
        writeAll(channel, bytes);
    }

    @Override
    public void force() throws IOException {
        if (channel != null) {
            channel.force(false);
        }
    }

    @Override
    public void replace(ByteBuffer whole) throws IOException {
        closeChannel();
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeAll(out, whole);
            out.force(true);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // The rename itself is durable only once the folder is.
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    @Override
    public void close() throws IOException {
        closeChannel();
        lockChannel.close();
    }

    private void closeChannel() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
