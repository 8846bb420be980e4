package io.penstock.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * A users file.
 *
 * @param users those that it had at the start, by name
 */
public record UsersFromFile(Path file, Map<String, UserSettings> users) {
    public UsersFromFile {
        users = Map.copyOf(users);
    }
}
