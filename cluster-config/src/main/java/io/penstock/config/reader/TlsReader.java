package io.penstock.config.reader;

import io.penstock.config.ListenerTlsSettings;
import io.penstock.config.PemFiles;
import io.penstock.config.PostgresUrl;
import io.penstock.config.ServerTlsSettings;
import io.penstock.config.ServerTlsSettings.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import org.jspecify.annotations.Nullable;

/** Reads what the file says of TLS, and whether the files that it names are what they should be. */
final class TlsReader {
    private final Path directory;

    /** @param directory to which paths are relative */
    TlsReader(Path directory) {
        this.directory = directory;
    }

    /** The listener's side, or null without a certificate. */
    @Nullable
    ListenerTlsSettings listener(Section section) {
        Path cert = certificate(section, "cert");
        Path key = file(section, "key");
        checkPair(section);
        Path clientCa = certificate(section, "client_ca");
        boolean require = section.bool("require", false);
        if (!section.has("cert") && !section.has("key") && (clientCa != null || require)) {
            section.mistake("cert", "must be given: without a certificate there is no TLS");
        }
        if (clientCa != null && !require) {
            section.mistake("require", "must be true where client_ca is: a client without TLS shows no certificate");
        }
        keyAlgorithm(section, key);
        section.end();
        return cert == null || key == null || (clientCa != null && !require)
                ? null
                : new ListenerTlsSettings(cert, key, clientCa, require);
    }

    /**
     * A server's side.
     *
     * @param url of the database, which may have said a mode already
     */
    ServerTlsSettings server(Section section, PostgresUrl url) {
        Mode mode = section.parsed("mode", "prefer", url.tls().mode(), ServerTlsSettings.form(), Mode::of);
        if (section.has("mode") && url.tls().mode() != Mode.PREFER && url.tls().mode() != mode) {
            section.mistake("mode", "must not be another than the sslmode of url");
        }
        Path rootCert = certificate(section, "root_cert");
        Path cert = certificate(section, "cert");
        Path key = file(section, "key");
        checkPair(section);
        String keyAlgorithm = keyAlgorithm(section, key);
        section.end();
        if (rootCert != null && mode == Mode.PREFER && !section.has("mode")) {
            mode = Mode.VERIFY_FULL;
        }
        if (rootCert != null && mode == Mode.REQUIRE) {
            mode = Mode.VERIFY_CA; // as libpq does it
        }
        if (rootCert != null && !mode.verifies()) {
            section.mistake("root_cert", "is not looked at with mode " + mode.word() + ": take verify-full");
            return ServerTlsSettings.of(mode);
        }
        if (rootCert == null && mode == Mode.VERIFY_CA) {
            section.mistake("root_cert", "must be given with mode verify-ca");
            return ServerTlsSettings.of(Mode.REQUIRE);
        }
        return cert == null || keyAlgorithm == null
                ? new ServerTlsSettings(mode, rootCert, null, null, null)
                : new ServerTlsSettings(mode, rootCert, cert, key, keyAlgorithm);
    }

    private static void checkPair(Section section) {
        if (section.has("cert") && !section.has("key")) {
            section.mistake("key", "must be given: the private key of cert");
        } else if (section.has("key") && !section.has("cert")) {
            section.mistake("cert", "must be given: the certificate of key");
        }
    }

    private @Nullable Path certificate(Section section, String key) {
        Path file = file(section, key);
        if (file != null) {
            try {
                PemFiles.certificates(file);
            } catch (IOException useless) {
                section.mistake(key, "names a file that holds no certificate in PEM");
            }
        }
        return file;
    }

    /** A file that must be there, or null where none is named. */
    @Nullable
    Path file(Section section, String key) {
        String text = section.optionalText(key);
        if (text == null) {
            return null;
        }
        Path file = directory.resolve(text);
        if (!Files.isReadable(file)) {
            section.mistake(key, "names a file that cannot be read");
            return null;
        }
        return file;
    }

    private static @Nullable String keyAlgorithm(Section section, @Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            PrivateKey key = PemFiles.privateKey(file);
            return key.getAlgorithm();
        } catch (IOException useless) {
            section.mistake("key", "names a file that holds no private key in PKCS#8 without a passphrase");
            return null;
        }
    }
}
