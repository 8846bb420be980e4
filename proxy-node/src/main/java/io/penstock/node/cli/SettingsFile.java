package io.penstock.node.cli;

import io.penstock.config.PenstockSettings;
import io.penstock.config.reader.Mistake;
import io.penstock.config.reader.Reading;
import io.penstock.config.reader.SettingsReader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the settings file of a command and prints all its mistakes. */
final class SettingsFile {
    private SettingsFile() {}

    /** The settings, or null after printing what is wrong with the file. */
    static @Nullable PenstockSettings read(Path file) {
        return switch (SettingsReader.read(file)) {
            case Reading.Valid(PenstockSettings settings) -> settings;
            case Reading.Invalid(var mistakes) -> {
                for (Mistake mistake : mistakes) {
                    System.err.println(mistake);
                }
                yield null;
            }
        };
    }
}
