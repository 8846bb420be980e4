package io.penstock.node.crash;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The class path with a jar in place of each folder: the JVM keeps no archive of classes that come from folders. */
final class JarredClassPath {
    private JarredClassPath() {}

    static String of(String classPath, Path folder) throws IOException {
        List<String> jarred = new ArrayList<>();
        for (String element : classPath.split(File.pathSeparator)) {
            Path path = Path.of(element);
            if (Files.isDirectory(path)) {
                Path jar = folder.resolve("classes-" + jarred.size() + ".jar");
                if (!Files.exists(jar)) {
                    write(path, jar);
                }
                jarred.add(jar.toString());
            } else {
                jarred.add(element);
            }
        }
        return String.join(File.pathSeparator, jarred);
    }

    private static void write(Path from, Path jar) throws IOException {
        try (Stream<Path> files = Files.walk(from);
                OutputStream bytes = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(bytes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new JarEntry(from.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
    }
}
