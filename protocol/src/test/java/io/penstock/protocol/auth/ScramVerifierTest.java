package io.penstock.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramVerifierTest {
    /** RFC 7677, section 3: the password "pencil". */
    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

    private static final String PENCIL = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
            + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

    @Test
    void isTheOneOfTheRfcInPostgresNotation() {
        assertThat(ScramVerifier.of("pencil", SALT, 4_096).text()).isEqualTo(PENCIL);
    }

    @Test
    void isReadAsItIsWritten() {
        ScramVerifier verifier = ScramVerifier.parse(PENCIL);
        assertThat(verifier.text()).isEqualTo(PENCIL);
        assertThat(verifier).isEqualTo(ScramVerifier.of("pencil", SALT, 4_096));
        assertThat(verifier.hashCode())
                .isEqualTo(ScramVerifier.of("pencil", SALT, 4_096).hashCode());
    }

    @Test
    void knowsItsPassword() {
        ScramVerifier verifier = ScramVerifier.parse(PENCIL);
        assertThat(verifier.matches("pencil")).isTrue();
        assertThat(verifier.matches("Pencil")).isFalse();
        assertThat(verifier.matches("")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "md5d41d8cd98f00b204e9800998ecf8427e",
                "pencil",
                "SCRAM-SHA-256$0:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                "SCRAM-SHA-256$99999999999:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                "SCRAM-SHA-256$4096:!!$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$c2hvcnQ=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                "SCRAM-SHA-256$4096:A$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
            })
    void somethingElseIsRefusedWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> ScramVerifier.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("pencil")
                .hasMessageNotContaining("WG5d");
    }

    @Test
    void preparesPasswordsAsPostgresDoes() {
        // SASLprep maps the Roman numeral to IX; a password with a control character cannot be prepared and stays as it
        // is.
        assertThat(ScramVerifier.of("\u2168", SALT, 1)).isEqualTo(ScramVerifier.of("IX", SALT, 1));
        assertThat(ScramVerifier.of("a\u0001b", SALT, 1)).isNotEqualTo(ScramVerifier.of("ab", SALT, 1));
    }

    @Test
    void doesNotWorkForEver() {
        assertThatThrownBy(() -> ScramVerifier.of("x", SALT, ScramVerifier.MOST_ITERATIONS + 1))
                .isInstanceOf(IllegalArgumentException.class);
        ScramVerifier slow = ScramVerifier.parse(PENCIL.replace("4096", "999999999"));
        assertThat(slow.matches("pencil")).isFalse();
    }

    @Test
    void anUnknownUserHasTheSameSaltEachTimeAndAnotherThanTheNext() {
        byte[] secret = "cluster secret".getBytes(StandardCharsets.UTF_8);
        assertThat(ScramVerifier.mock("paul", secret)).isEqualTo(ScramVerifier.mock("paul", secret));
        assertThat(ScramVerifier.mock("paul", secret).salt())
                .hasSize(16)
                .isNotEqualTo(ScramVerifier.mock("leto", secret).salt());
        assertThat(ScramVerifier.mock("paul", secret).iterations()).isEqualTo(ScramVerifier.DEFAULT_ITERATIONS);
    }

    @Test
    void doesNotPrintItsKeys() {
        assertThat(ScramVerifier.parse(PENCIL)).hasToString("ScramVerifier[4096 iterations]");
    }
}
