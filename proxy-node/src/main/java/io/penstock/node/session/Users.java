package io.penstock.node.session;

import io.penstock.config.Secret;
import io.penstock.config.UserSettings;
import io.penstock.config.UsersFromFile;
import io.penstock.config.reader.UsersFile;
import io.penstock.node.tls.WatchedFiles;
import io.penstock.protocol.auth.ScramVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of the configuration and those of the users file, which counts anew when it has changed. A file that is of no use leaves
 * everything as it was. Safe for use by several threads.
 */
public final class Users {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);

    private record Known(Map<String, UserSettings> settings, UserDirectory directory) {}

    private final Map<String, UserSettings> configured;
    private final @Nullable Path file;
    private final WatchedFiles watched;
    /** Of the start, also when users change: the salt of nobody may tell whether there is such a user. */
    private final byte[] secret;

    private volatile Known known;
    private String complaint = "";

    /**
     * Those of the start.
     *
     * @param moreSecrets something else that every node of the cluster knows, and nobody else
     */
    public Users(
            Map<String, UserSettings> configured,
            @Nullable UsersFromFile fromFile,
            List<Secret> moreSecrets,
            SecureRandom random) {
        this.configured = Map.copyOf(configured);
        this.file = fromFile == null ? null : fromFile.file();
        this.watched = new WatchedFiles(file == null ? List.of() : List.of(file));
        Map<String, UserSettings> all = new HashMap<>(configured);
        if (fromFile != null) {
            all.putAll(fromFile.users());
        }
        // What the nodes share is most often older than the file's last change, which they need not have seen yet.
        boolean othersDo = !configured.isEmpty() || !moreSecrets.isEmpty();
        this.secret = UserDirectory.secret(othersDo ? configured : all, moreSecrets, random);
        this.known = known(all);
    }

    private Known known(Map<String, UserSettings> all) {
        return new Known(Map.copyOf(all), new UserDirectory(all, secret));
    }

    /** The verifier of a user, or null. */
    @Nullable
    ScramVerifier find(String user) {
        return known.directory().find(user);
    }

    /** What is configured of a user, or null. */
    public @Nullable UserSettings settings(String user) {
        return known.settings().get(user);
    }

    /** From which the salts of unknown users are made. */
    byte[] mockKey() {
        return secret;
    }

    /** Reads the file again if it is another than before. Reads files and computes verifiers, so it may block. */
    public synchronized void renew() {
        Path from = file;
        if (from == null) {
            return;
        }
        try {
            if (watched.changed()) {
                Map<String, UserSettings> all = new HashMap<>(configured);
                UsersFile.read(from).forEach((name, user) -> {
                    if (all.put(name, user) != null) {
                        throw new IllegalArgumentException("names a user whom penstock.users names, too");
                    }
                });
                if (all.size() == configured.size()) {
                    throw new IllegalArgumentException("names no user");
                }
                if (!all.equals(known.settings())) {
                    known = known(all);
                    LOG.info("users file {} was read again", from);
                }
                complaint = "";
            }
        } catch (IOException unreadable) {
            complain(from, "it cannot be read");
        } catch (IllegalArgumentException wrong) {
            complain(from, String.valueOf(wrong.getMessage()));
        }
    }

    /** Once for each change: nothing that stands in the file. */
    private void complain(Path from, String why) {
        if (!why.equals(complaint)) {
            complaint = why;
            LOG.warn("users file {} could not be read again, its users stay as they were: {}", from, why);
        }
    }
}
