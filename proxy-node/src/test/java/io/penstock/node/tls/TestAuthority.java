package io.penstock.node.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import javax.security.auth.x500.X500Principal;

/** A certificate authority for tests: writes X.509 (RFC 5280) by hand, because the JDK can read it only. */
public final class TestAuthority {
    private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Which kind of key, and the algorithm identifier of its signatures. */
    public enum Kind {
        EC("EC", "SHA256withECDSA", "300a06082a8648ce3d040302"),
        ED25519("Ed25519", "Ed25519", "300506032b6570");

        private final String key;
        private final String signature;
        private final byte[] identifier;

        Kind(String key, String signature, String identifier) {
            this.key = key;
            this.signature = signature;
            this.identifier = java.util.HexFormat.of().parseHex(identifier);
        }

        KeyPair generate() {
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance(key);
                if (this == EC) {
                    generator.initialize(256);
                }
                return generator.generateKeyPair();
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /** A certificate with its key, as two files in PEM. */
    public record Issued(Path cert, Path key, X509Certificate certificate) {}

    private final Path folder;
    private final KeyPair keys;
    private final Kind kind;
    private final String name;
    private final Path cert;

    /** An authority whose certificate lies in the folder. */
    public TestAuthority(Path folder, String name, Kind kind) {
        this.folder = folder;
        this.name = name;
        this.kind = kind;
        this.keys = kind.generate();
        this.cert = folder.resolve(name + ".crt");
        byte[] constraints = sequence(der(0x01, new byte[] {(byte) 0xff}));
        write(cert, "CERTIFICATE", certificate(name, keys, extension("551d13", true, constraints), 1));
    }

    /** Its own certificate, in PEM. */
    public Path cert() {
        return cert;
    }

    /** A certificate for a server that is reached as {@code localhost} and {@code 127.0.0.1}. */
    public Issued server(String file) {
        byte[] names = sequence(
                der(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)), der(0x87, new byte[] {127, 0, 0, 1}));
        return issue(file, "localhost", extension("551d11", false, names));
    }

    /** A certificate for a server of another name. */
    public Issued stranger(String file) {
        byte[] names = sequence(der(0x82, "elsewhere.example".getBytes(StandardCharsets.US_ASCII)));
        return issue(file, "elsewhere.example", extension("551d11", false, names));
    }

    /** A certificate with nothing but a common name, for a client, or a server that nobody can verify by name. */
    public Issued named(String file, String commonName) {
        return issue(file, commonName, new byte[0]);
    }

    private Issued issue(String file, String commonName, byte[] extension) {
        KeyPair pair = kind.generate();
        byte[] encoded = certificate(commonName, pair, extension, 1_000 + RANDOM.nextInt(1_000_000));
        Path certFile = folder.resolve(file + ".crt");
        Path keyFile = folder.resolve(file + ".key");
        write(certFile, "CERTIFICATE", encoded);
        write(keyFile, "PRIVATE KEY", pair.getPrivate().getEncoded());
        return new Issued(certFile, keyFile, read(encoded));
    }

    private byte[] certificate(String subject, KeyPair pair, byte[] extension, int serial) {
        Instant now = Instant.now();
        byte[] version = der(0xa0, integer(2));
        byte[] validity = sequence(time(now.minusSeconds(3_600)), time(now.plusSeconds(86_400)));
        byte[] extensions = extension.length == 0 ? new byte[0] : der(0xa3, sequence(extension));
        byte[] body = sequence(
                version,
                integer(serial),
                kind.identifier,
                new X500Principal("CN=" + name).getEncoded(),
                validity,
                new X500Principal("CN=" + subject).getEncoded(),
                pair.getPublic().getEncoded(),
                extensions);
        byte[] signature = sign(keys.getPrivate(), body);
        return sequence(body, kind.identifier, der(0x03, concat(new byte[1], signature)));
    }

    private byte[] sign(PrivateKey key, byte[] body) {
        try {
            Signature signature = Signature.getInstance(kind.signature);
            signature.initSign(key);
            signature.update(body);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] extension(String identifier, boolean critical, byte[] value) {
        byte[] flag = critical ? der(0x01, new byte[] {(byte) 0xff}) : new byte[0];
        return sequence(der(0x06, java.util.HexFormat.of().parseHex(identifier)), flag, der(0x04, value));
    }

    private static byte[] integer(int value) {
        return der(0x02, BigInteger.valueOf(value).toByteArray());
    }

    private static byte[] time(Instant instant) {
        return der(0x17, UTC_TIME.format(instant.atOffset(ZoneOffset.UTC)).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] sequence(byte[]... parts) {
        return der(0x30, concat(parts));
    }

    private static byte[] der(int tag, byte[] content) {
        int length = content.length;
        // As short as it can be said: BoringSSL refuses anything else.
        byte[] said = length < 0x80
                ? new byte[] {(byte) length}
                : length < 0x100
                        ? new byte[] {(byte) 0x81, (byte) length}
                        : new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length};
        return concat(new byte[] {(byte) tag}, said, content);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static X509Certificate read(byte[] encoded) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (GeneralSecurityException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static void write(Path file, String what, byte[] encoded) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        try {
            Files.writeString(file, "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
            // Postgres and libpq refuse a key that others may read.
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
