package io.penstock.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PasswordAnswersTest {
    @Test
    void hashesAsPostgresDoes() {
        // select 'md5' || md5(md5('secret' || 'postgres') || '\x01020304'::bytea), worked out by hand.
        assertThat(PasswordAnswers.md5("postgres", "secret", new byte[] {1, 2, 3, 4})
                        .password())
                .isEqualTo("md5bb41a296aab6baccb36ff243a562abff");
    }

    @Test
    void neitherPrintsThePassword() {
        assertThat(PasswordAnswers.cleartext("secret").password()).isEqualTo("secret");
        assertThat(PasswordAnswers.cleartext("secret")).hasToString("PasswordMessage[]");
    }
}
