package io.penstock.node.control;

import io.penstock.config.CredentialSettings;
import io.penstock.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what is kept of a credential: AES-256 in GCM, a random nonce of 12 bytes before the ciphertext, the account's name authenticated with
 * it, so that a row cannot be put in another's place.
 */
public final class CredentialCipher {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final SecretKeySpec key;
    private final SecureRandom random;

    CredentialCipher(byte[] key, SecureRandom random) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has 32 bytes");
        }
        this.key = new SecretKeySpec(key, "AES");
        this.random = random;
    }

    /**
     * With the key that the settings give, or that of the key file, which is made where it does not exist.
     *
     * @throws IOException if the file cannot be read or made, holds no key, or can be read by others than its owner
     */
    public static CredentialCipher of(CredentialSettings settings, SecureRandom random) throws IOException {
        Secret given = settings.key();
        String text = given == null ? fromFile(settings.keyFile(), random) : given.reveal();
        try {
            return new CredentialCipher(Base64.getDecoder().decode(text), random);
        } catch (IllegalArgumentException noKey) {
            throw new IOException("no key of 32 bytes in base64: "
                    + (given == null ? settings.keyFile() : "penstock.credentials.key"));
        }
    }

    /** The same, where the key is there already: a key of its own would keep credentials that no node can read. */
    public static Optional<CredentialCipher> existing(CredentialSettings settings, SecureRandom random)
            throws IOException {
        return settings.key() == null && !Files.exists(settings.keyFile())
                ? Optional.empty()
                : Optional.of(of(settings, random));
    }

    private static String fromFile(Path file, SecureRandom random) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("no folder to keep a key in: " + file);
        }
        Files.createDirectories(folder);
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        byte[] fresh = new byte[KEY_BYTES];
        random.nextBytes(fresh);
        if (!Files.exists(file)) {
            // Made under its final permissions, so that there is no moment at which others could open it, and whole
            // before it has its name, so that
            // nobody who comes at the same time reads half a key.
            Path making = posix
                    ? Files.createTempFile(folder, "key-", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                    : Files.createTempFile(folder, "key-", "");
            try {
                Files.writeString(making, Base64.getEncoder().encodeToString(fresh) + "\n");
                publish(making, file);
            } finally {
                Files.deleteIfExists(making);
            }
        }
        if (posix && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
            throw new IOException("can be read by others than its owner (chmod 600): " + file);
        }
        return Files.readString(file).strip();
    }

    /** Gives the file its name, unless somebody else's has it by now. */
    private static void publish(Path making, Path file) throws IOException {
        try {
            Files.createLink(file, making);
        } catch (FileAlreadyExistsException faster) {
            // Theirs is the key then.
        } catch (UnsupportedOperationException noLinks) {
            Files.move(making, file);
        }
    }

    byte[] seal(String account, String text) {
        try {
            byte[] nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, account).doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] both = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, both, NONCE_BYTES, sealed.length);
            return both;
        } catch (GeneralSecurityException unavailable) {
            throw new IllegalStateException("AES/GCM is part of every JDK", unavailable);
        }
    }

    /** @throws GeneralSecurityException if it was sealed with another key or for another account, or was changed */
    String open(String account, byte[] sealed) throws GeneralSecurityException {
        if (sealed.length < NONCE_BYTES) {
            throw new GeneralSecurityException("too short");
        }
        byte[] text = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_BYTES), account)
                .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
        return new String(text, StandardCharsets.UTF_8);
    }

    private Cipher cipher(int mode, byte[] nonce, String account) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(account.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
