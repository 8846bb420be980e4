package io.penstock.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.CredentialSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialCipherTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsSealedIsOpenedWithTheSameKeyForTheSameAccountOnly() throws Exception {
        CredentialCipher cipher = of("key");
        byte[] sealed = cipher.seal("crm", "t0ken");

        assertThat(of("key").open("crm", sealed)).isEqualTo("t0ken");
        assertThat(new String(sealed, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("t0ken");
        assertThat(cipher.seal("crm", "t0ken")).isNotEqualTo(sealed);
        assertThatThrownBy(() -> cipher.open("erp", sealed)).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> of("other").open("crm", sealed)).isInstanceOf(GeneralSecurityException.class);
        sealed[20] ^= 1;
        assertThatThrownBy(() -> cipher.open("crm", sealed)).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void aKeyFileIsMadeForItsOwnerOnly() throws IOException {
        of("key");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data/key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aKeyFileThatOthersMayReadIsRefused() throws IOException {
        of("key");
        Files.setPosixFilePermissions(folder.resolve("data/key"), PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> of("key")).isInstanceOf(IOException.class).hasMessageContaining("chmod 600");
    }

    @Test
    void aFileThatHoldsNoKeyIsRefused() throws IOException {
        of("key");
        Files.writeString(folder.resolve("data/key"), "short");

        assertThatThrownBy(() -> of("key")).isInstanceOf(IOException.class).hasMessageContaining("no key");
    }

    private CredentialCipher of(String file) throws IOException {
        return CredentialCipher.of(
                new CredentialSettings(null, folder.resolve("data").resolve(file)), new SecureRandom());
    }
}
