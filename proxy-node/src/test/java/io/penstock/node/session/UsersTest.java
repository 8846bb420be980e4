package io.penstock.node.session;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.Secret;
import io.penstock.config.UserSettings;
import io.penstock.config.UsersFromFile;
import io.penstock.config.reader.UsersFile;
import io.penstock.protocol.auth.ScramVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A users file that changes while a node runs. */
class UsersTest {
    private static final Map<String, UserSettings> CONFIGURED =
            Map.of("joe", new UserSettings("joe", Secret.of("password")));

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("users.txt");
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), text);
    }

    private Users users() throws IOException {
        UsersFromFile start = new UsersFromFile(file(), UsersFile.read(file()));
        Users users = new Users(CONFIGURED, start, List.of(), new SecureRandom());
        users.renew();
        return users;
    }

    private static ScramVerifier verifier(Users users, String name) {
        return requireNonNull(users.find(name), name);
    }

    private static String salt(ScramVerifier verifier) {
        return verifier.text().replaceFirst("\\$[^$]*$", "");
    }

    @Test
    void whoIsAddedChangedOrRemovedCountsAtTheNextLook() throws IOException {
        write("\"ann\" \"one\"\n\"bob\" \"two\"\n");
        Users users = users();
        byte[] key = users.mockKey().clone();
        ScramVerifier ann = verifier(users, "ann");
        write("\"ann\" \"another\"\n\"carol\" \"three\"\n");
        assertThat(users.find("carol")).isNull();
        users.renew();

        assertThat(users.find("bob")).isNull();
        assertThat(users.settings("bob")).isNull();
        assertThat(users.find("carol")).isNotNull();
        assertThat(requireNonNull(users.settings("ann")).secret().reveal()).isEqualTo("another");
        assertThat(verifier(users, "ann").matches("another")).isTrue();
        assertThat(salt(verifier(users, "ann"))).as("told to strangers").isEqualTo(salt(ann));
        assertThat(verifier(users, "joe").matches("password")).isTrue();
        assertThat(users.mockKey()).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"ann\" secret",
                "\"ann\" \"two\"\n\"ann\" \"three\"",
                "\"joe\" \"password\"\n\"carol\" \"three\"",
                "\"carol\" \"SCRAM-SHA-256$4096:half",
            })
    void aFileOfNoUseChangesNothingUntilItIsMended(String text) throws IOException {
        write("\"ann\" \"one\"\n");
        Users users = users();
        write(text);
        users.renew();
        users.renew();
        assertThat(requireNonNull(users.settings("ann")).secret().reveal()).isEqualTo("one");
        assertThat(users.find("carol")).isNull();
        write("\"carol\" \"and a longer password\"\n");
        users.renew();

        assertThat(users.find("carol")).isNotNull();
        assertThat(users.find("ann")).isNull();
    }

    @Test
    void aFileThatIsGoneChangesNothing() throws IOException {
        write("\"ann\" \"one\"\n");
        Users users = users();
        Files.delete(file());
        users.renew();

        assertThat(users.find("ann")).isNotNull();
    }

    @Test
    void withoutAFileThereIsNothingToRead() {
        Users users = new Users(CONFIGURED, null, List.of(), new SecureRandom());
        users.renew();

        assertThat(users.find("joe")).isNotNull();
    }
}
