package io.penstock.protocol.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {
    @ParameterizedTest
    @EnumSource
    void followsTheStyleGuide(ErrorCode code) {
        PgError error =
                code.error(Stream.generate(() -> "x").limit(code.arity()).toArray());

        assertThat(error.severity()).isEqualTo(code.severity());
        assertThat(error.sqlState()).isEqualTo(code.sqlState()).matches("[0-9A-Z]{5}");
        assertThat(error.message()).doesNotContain("%").doesNotEndWith(".").doesNotContain("\n");
        if (error.hint() != null) {
            assertThat(error.hint()).doesNotContain("%");
            assertThat(code.hint()).as("a whole sentence").matches("(?s)([A-Z%].*[.]|%2\\$s)");
        }
        assertThat(code.meaning()).endsWith(".");
    }

    @ParameterizedTest
    @EnumSource
    void costsNoPoolItsConnectionForTroubleWithAnApi(ErrorCode code) {
        // HikariCP closes a connection at these.
        if (code.name().startsWith("API_")) {
            assertThat(code.sqlState())
                    .doesNotStartWith("08")
                    .doesNotStartWith("57P")
                    .isNotEqualTo("0A000");
        }
    }

    @Test
    void fillsItsArgumentsIn() {
        PgError error = ErrorCode.OUTCOME_UNKNOWN.error("salesforce", "0190b3c4");

        assertThat(error.message()).isEqualTo("outcome of the salesforce request is unknown");
        assertThat(error.hint())
                .isEqualTo("Do not repeat the statement before looking:"
                        + " SELECT * FROM penstock.journal WHERE id = '0190b3c4'.");
    }

    @Test
    void takesTheSameNumberOfArgumentsEverywhere() {
        assertThat(ErrorCode.OUTCOME_UNKNOWN.arity()).isEqualTo(2);
        assertThatThrownBy(() -> ErrorCode.OUTCOME_UNKNOWN.error("salesforce")).isInstanceOf(AssertionError.class);
    }

    @Test
    void saysTheMessageOfTheProduct() {
        PgError error = ErrorCode.API_VALIDATION.error("salesforce");

        assertThat(error).isEqualTo(PgError.of(Severity.ERROR, "23514", "salesforce validation error"));
    }

    @Test
    void aViolationCarriesTheErrorAndNoStackTrace() {
        ProtocolViolation violation = ErrorCode.UNKNOWN_MESSAGE_TYPE.violation(33);

        assertThat(violation.isFatal()).isTrue();
        assertThat(violation.getStackTrace()).isEmpty();
        assertThat(violation.error().message()).isEqualTo("invalid message type 33");
        assertThat(ErrorCode.MALFORMED_MESSAGE.violation("x").isFatal()).isFalse();
    }

    @Test
    void anErrorNeedsAnSqlState() {
        assertThatThrownBy(() -> PgError.of(Severity.ERROR, "2350", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PgError.of(Severity.ERROR, "2350x", "x")).isInstanceOf(IllegalArgumentException.class);
    }
}
