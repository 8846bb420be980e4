package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rules that a label has to pass, and what becomes of it. */
final class LabelWriter {
    private static final int LONGEST_NAME = 50;
    private static final int LONGEST_DESCRIPTION = 100;

    private final GitHubStore store;
    private final Clock clock;

    LabelWriter(GitHubStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    Label create(Repository repository, JsonNode input) {
        check(repository, null, input);
        Label label = store.label(
                repository,
                now(),
                input.path("name").asText(),
                input.path("color").asText());
        put(label, input);
        return label;
    }

    Label update(Label label, JsonNode input) {
        check(label.repository, label, input);
        put(label, input);
        label.updated = now();
        return label;
    }

    void delete(Label label) {
        store.delete(label);
    }

    private void check(Repository repository, @Nullable Label self, JsonNode input) {
        if (input.hasNonNull("name")) {
            String name = input.path("name").asText();
            if (name.isBlank()) {
                throw refused("Name can't be blank");
            }
            if (name.codePointCount(0, name.length()) > LONGEST_NAME) {
                throw refused("Name is too long (maximum is " + LONGEST_NAME + " characters)");
            }
            if (store.labels(repository).stream().anyMatch(each -> each != self && each.isCalled(name))) {
                throw refused("Name has already been taken");
            }
        }
        if (input.hasNonNull("color") && !input.path("color").asText().matches("[0-9A-Fa-f]{6}")) {
            throw refused("Color is invalid");
        }
        if (input.path("description").asText().length() > LONGEST_DESCRIPTION) {
            throw refused("Description is too long (maximum is " + LONGEST_DESCRIPTION + " characters)");
        }
    }

    private static GraphQlException refused(String message) {
        return GraphQlException.failed("UNPROCESSABLE", message);
    }

    private static void put(Label label, JsonNode input) {
        label.name = input.path("name").asText(label.name);
        label.color = input.path("color").asText(label.color).toLowerCase(Locale.ROOT);
        label.description = input.path("description").asText(label.description);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
