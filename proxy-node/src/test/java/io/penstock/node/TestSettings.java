package io.penstock.node;

import io.penstock.config.PenstockSettings;
import io.penstock.config.reader.Reading;
import io.penstock.config.reader.SettingsReader;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A test's configuration, which has no mistakes. */
public final class TestSettings {
    private TestSettings() {}

    /**
     * As a configuration file is read.
     *
     * @param folder of the file
     * @param environment values of variables
     */
    public static PenstockSettings read(String text, Path folder, Function<String, @Nullable String> environment) {
        return switch (SettingsReader.read(text, folder, environment)) {
            case Reading.Valid(PenstockSettings settings) -> settings;
            case Reading.Invalid(var mistakes) -> throw new IllegalStateException("the test's settings: " + mistakes);
        };
    }
}
