package io.penstock.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The key that encrypts refreshed tokens in the database. Every node of a cluster needs the same one.
 *
 * @param key 32 bytes in base64; null to use {@code keyFile}
 * @param keyFile holds such a key; made, readable by its owner only, where it does not exist
 */
public record CredentialSettings(@Nullable Secret key, Path keyFile) {}
