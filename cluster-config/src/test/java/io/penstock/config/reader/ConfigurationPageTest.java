package io.penstock.config.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps docs/configuration.md complete and true: each setting has its row with its default, and no row speaks of a setting that is gone. */
class ConfigurationPageTest {
    private static final Pattern ROW =
            Pattern.compile("^\\| `(penstock\\.[^`]+)` \\| `?([^`|]+?)`? \\|", Pattern.MULTILINE);

    @Test
    void everySettingStandsOnThePageWithItsDefault() throws IOException {
        Path page = Path.of("..", "docs", "configuration.md");
        Map<String, String> documented = new TreeMap<>();
        Matcher rows = ROW.matcher(Files.readString(page));
        while (rows.find()) {
            documented.put(rows.group(1), rows.group(2));
        }

        assertThat(documented).isEqualTo(new TreeMap<>(SettingsReader.vocabulary()));
    }
}
