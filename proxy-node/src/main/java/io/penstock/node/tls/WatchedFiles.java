package io.penstock.node.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells when one of a few files is another than before. Links are followed, and a file counts as another also when only the link was turned
 * (which is how Kubernetes renews a mounted secret).
 *
 * <p>Not safe for use by several threads.
 */
public final class WatchedFiles {
    private record Stamp(
            FileTime modified, long size, @Nullable Object key) {}

    private final List<Path> files;
    private List<Stamp> last = List.of();

    public WatchedFiles(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /** Whether the files are others than at the last call that said so; always true the first time. */
    public boolean changed() throws IOException {
        List<Stamp> now = new ArrayList<>();
        for (Path file : files) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            now.add(new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
        }
        if (now.equals(last)) {
            return false;
        }
        last = now;
        return true;
    }
}
