package io.penstock.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds every Java file to one format. It runs as a test, and not as a plugin inside Maven, because the formatter parses with the
 * compiler of the JVM that it runs on, and Maven itself may run on a JDK that does not know the language of this project.
 *
 * <p>{@code dev/format} runs it with {@code -Dformat=write}, which mends instead of failing.
 */
class FormatTest {
    private static final JavaFormatterOptions OPTIONS = JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .formatJavadoc(false)
            .build();

    @Test
    void everyJavaFileIsFormatted() throws IOException, FormatterException {
        Formatter formatter = Formatter.createFormatter(OPTIONS);
        boolean write = "write".equals(System.getProperty("format"));
        List<Path> unformatted = new ArrayList<>();
        for (Path file : javaFiles()) {
            String source = Files.readString(file);
            String formatted = formatter.formatSource(
                    ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(source), OPTIONS.style()));
            if (!formatted.equals(source)) {
                if (write) {
                    Files.writeString(file, formatted);
                } else {
                    unformatted.add(Tree.ROOT.relativize(file));
                }
            }
        }
        assertThat(unformatted).as("files to mend with dev/format").isEmpty();
    }

    private static List<Path> javaFiles() throws IOException {
        try (Stream<Path> files = Files.walk(Tree.ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !Tree.ROOT.relativize(file).toString().matches("(.*/)?(target|node_modules)/.*"))
                    .sorted()
                    .toList();
        }
    }
}
