package io.penstock.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/errors.md to the catalogue in the code: below its marker stands every error, and nothing else. {@code dev/errors} runs it
 * with {@code -Derrors=write}, which mends instead of failing.
 */
class ErrorsPageTest {
    private static final Path PAGE = Tree.ROOT.resolve("docs/errors.md");

    private static final String MARKER = "<!-- From here on written by dev/errors. -->\n";

    /** What PostgreSQL calls the classes, and we the two of our own kind. */
    private static final Map<String, String> CLASSES = Map.ofEntries(
            Map.entry("00", "Remarks"),
            Map.entry("01", "Warnings"),
            Map.entry("08", "The connection"),
            Map.entry("0A", "Not supported"),
            Map.entry("21", "Rows that mean the same one"),
            Map.entry("22", "Values that the API cannot take"),
            Map.entry("23", "Rules that the API refuses a row by"),
            Map.entry("25", "Transaction states"),
            Map.entry("26", "Prepared statements"),
            Map.entry("28", "Who may log in"),
            Map.entry("34", "Portals"),
            Map.entry("3D", "Databases"),
            Map.entry("40", "Outcomes that are not known, and rows that have changed"),
            Map.entry("42", "Names and rights"),
            Map.entry("53", "Resources"),
            Map.entry("54", "Limits"),
            Map.entry("55", "Objects that are not in the right state"),
            Map.entry("57", "Interventions"),
            Map.entry("HV", "The API is not there"),
            Map.entry("SY", "The API has the change, Postgres does not"),
            Map.entry("XX", "Mistakes of ours"));

    /** The guard says the first; the others belong to prepared statements that follow their client, and to TLS. */
    private static final List<ErrorCode> NOT_RAISED_BY_CODE = List.of(
            ErrorCode.WRITE_WITHOUT_PROXY,
            ErrorCode.GUARD_MISSING,
            ErrorCode.UNKNOWN_STATEMENT,
            ErrorCode.DUPLICATE_STATEMENT,
            ErrorCode.UNKNOWN_PORTAL,
            ErrorCode.DUPLICATE_PORTAL,
            ErrorCode.WRONG_PARAMETER_COUNT,
            ErrorCode.SEVERAL_COMMANDS,
            ErrorCode.CONNECTION_NOT_ALLOWED);

    @Test
    void thePageListsTheWholeCatalogueAndNothingElse() throws IOException {
        String page = Files.readString(PAGE);
        int end = page.indexOf(MARKER);
        assertThat(end).as("the marker in " + PAGE).isPositive();
        String wanted = page.substring(0, end) + MARKER + catalogue();
        if ("write".equals(System.getProperty("errors"))) {
            Files.writeString(PAGE, wanted);
        } else {
            assertThat(page).as("docs/errors.md; dev/errors mends it").isEqualTo(wanted);
        }
    }

    /** An error that nothing raises is a promise that nothing keeps. */
    @Test
    void everyErrorIsRaised() throws IOException {
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(Tree.ROOT)) {
            for (Path file : files.filter(path -> path.toString().contains("/src/main/java/")
                            && path.toString().endsWith(".java")
                            && !path.endsWith("ErrorCode.java"))
                    .toList()) {
                sources.append(Files.readString(file));
            }
        }
        assertThat(Arrays.stream(ErrorCode.values()))
                .filteredOn(code -> !sources.toString().contains("ErrorCode." + code.name()))
                .as("errors that no code raises")
                .isSubsetOf(NOT_RAISED_BY_CODE);
    }

    private static String catalogue() {
        Map<String, List<ErrorCode>> classes = Arrays.stream(ErrorCode.values())
                .sorted(Comparator.comparing(ErrorCode::sqlState))
                .collect(Collectors.groupingBy(
                        code -> code.sqlState().substring(0, 2), TreeMap::new, Collectors.toList()));
        assertThat(CLASSES.keySet()).as("a title for each class, and no other").isEqualTo(classes.keySet());
        return classes.entrySet().stream()
                .map(entry -> section(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining());
    }

    private static String section(String name, List<ErrorCode> codes) {
        return codes.stream()
                .map(ErrorsPageTest::row)
                .collect(Collectors.joining(
                        "",
                        "\n## " + name + ": " + CLASSES.get(name)
                                + "\n\n"
                                + "| SQLSTATE | severity | message | when | hint | in the code |\n"
                                + "|---|---|---|---|---|---|\n",
                        ""));
    }

    private static String row(ErrorCode code) {
        // What the arguments are is for those who write code.
        String meaning = code.meaning().replaceAll(" Arguments?: [^.]*\\.", "");
        return "| %s | %s | %s | %s | %s | `%s` |%n"
                .formatted(
                        code.sqlState(), code.severity(), text(code.message()), meaning, text(code.hint()), code.name())
                .replace("\r", "");
    }

    private static String text(@Nullable String template) {
        return template == null ? "" : template.replaceAll("%(?:\\d\\$)?s", "…").replace("|", "\\|");
    }
}
