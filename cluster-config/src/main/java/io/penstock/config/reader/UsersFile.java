package io.penstock.config.reader;

import io.penstock.config.Secret;
import io.penstock.config.UserSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of users as PgBouncer has it: one on each line, {@code "name" "verifier or password"}; a quote inside is doubled. */
public final class UsersFile {
    private static final Pattern LINE = Pattern.compile("\"((?:[^\"]++|\"\")++)\"\\s+\"((?:[^\"]++|\"\")++)\".*");

    private UsersFile() {}

    /**
     * The users of a file.
     *
     * @throws IllegalArgumentException with the number of the line that is wrong, and nothing of what it says
     */
    public static Map<String, UserSettings> read(Path file) throws IOException {
        Map<String, UserSettings> users = new LinkedHashMap<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith(";") || text.startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("line " + number + " is not \"name\" \"verifier\"");
            }
            String name = matcher.group(1).replace("\"\"", "\"");
            String secret = matcher.group(2).replace("\"\"", "\"");
            if (secret.matches("md5[0-9a-f]{32}")) {
                throw new IllegalArgumentException(
                        "line " + number + " has an MD5 hash, with which nobody can log in by SCRAM");
            }
            UserSettings user = new UserSettings(name, Secret.of(secret));
            if (user.hasBrokenVerifier()) {
                throw new IllegalArgumentException("line " + number + " has a broken SCRAM-SHA-256 verifier");
            }
            if (users.put(name, user) != null) {
                throw new IllegalArgumentException("line " + number + " names a user for the second time");
            }
        }
        return users;
    }
}
