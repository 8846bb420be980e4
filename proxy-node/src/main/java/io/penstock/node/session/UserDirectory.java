package io.penstock.node.session;

import io.penstock.config.Secret;
import io.penstock.config.UserSettings;
import io.penstock.protocol.auth.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The users of the configuration, as SCRAM wants them. */
final class UserDirectory {
    private static final int SALT_BYTES = 16;

    private final byte[] secret;
    private final Map<String, ScramVerifier> verifiers = new HashMap<>();

    /** @param secret from which the salts of passwords are made */
    UserDirectory(Map<String, UserSettings> users, byte[] secret) {
        this.secret = secret;
        users.forEach((name, user) -> verifiers.put(name, verifier(name, user)));
    }

    /**
     * From which salts are made. It is the same on every node with the same users, so that an unknown one has the same salt everywhere; and nobody
     * else knows it.
     *
     * @param moreSecrets something else that every node of the cluster knows, and nobody else
     */
    static byte[] secret(Map<String, UserSettings> users, List<Secret> moreSecrets, SecureRandom random) {
        MessageDigest all = sha256();
        new TreeMap<>(users).forEach((name, user) -> {
            update(all, name);
            update(all, user.secret().reveal());
        });
        moreSecrets.forEach(more -> update(all, more.reveal()));
        if (users.isEmpty() && moreSecrets.isEmpty()) {
            // Nothing is secret that could be shared: better other salts on another node than salts that can be
            // guessed.
            byte[] own = new byte[32];
            random.nextBytes(own);
            all.update(own);
        }
        return all.digest();
    }

    private ScramVerifier verifier(String name, UserSettings user) {
        String text = user.secret().reveal();
        if (user.hasVerifier()) {
            return ScramVerifier.parse(text);
        }
        MessageDigest salt = sha256();
        salt.update(secret);
        update(salt, name);
        return ScramVerifier.of(text, Arrays.copyOf(salt.digest(), SALT_BYTES), ScramVerifier.DEFAULT_ITERATIONS);
    }

    @Nullable
    ScramVerifier find(String user) {
        return verifiers.get(user);
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
