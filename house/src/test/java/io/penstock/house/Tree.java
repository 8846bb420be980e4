package io.penstock.house;

import java.nio.file.Files;
import java.nio.file.Path;

/** The source tree that the rules are about. */
final class Tree {
    /** The folder that holds README.md and the modules. */
    static final Path ROOT = root();

    private Tree() {}

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("house/pom.xml"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException("run inside the source tree");
            }
            folder = parent;
        }
        return folder;
    }
}
