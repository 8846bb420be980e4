package io.penstock.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tries what the launcher says before it builds or starts anything. */
class LauncherTest {
    private static final Path LAUNCHER = Tree.ROOT.resolve("penstock");

    @Test
    void aloneItPrintsItsUsageFromAnyFolderAndThroughALink(@TempDir Path folder) throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("penstock"), LAUNCHER);

        Process process = new ProcessBuilder(link.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();

        assertThat(output(process)).startsWith("Usage: penstock demo").contains("run -c FILE", "check -c FILE");
        assertThat(process.waitFor()).as("exit code of wrong use").isEqualTo(2);
    }

    @Test
    void askedForHelpItSucceeds() throws Exception {
        Process process = new ProcessBuilder(LAUNCHER.toString(), "--help").start();

        assertThat(output(process)).startsWith("Usage: penstock demo");
        assertThat(process.waitFor()).isZero();
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
