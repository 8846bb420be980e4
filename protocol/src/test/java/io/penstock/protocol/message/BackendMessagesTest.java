package io.penstock.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.protocol.Golden;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.message.BackendMessage.ErrorResponse;
import io.penstock.protocol.message.BackendMessage.NoticeResponse;
import io.penstock.protocol.message.BackendMessage.ReportField;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of a server's messages, and what becomes of those of a hostile one (W-17). */
class BackendMessagesTest {
    @Test
    void authenticationRequests() {
        assertWritten(new BackendMessage.AuthenticationOk(), "'R' 00 00 00 08 00 00 00 00");
        assertWritten(new BackendMessage.AuthenticationCleartextPassword(), "'R' 00 00 00 08 00 00 00 03");
        assertWritten(
                new BackendMessage.AuthenticationMd5Password(Samples.bytes("salt")),
                "'R' 00 00 00 0c 00 00 00 05 'salt'");
        assertWritten(new BackendMessage.AuthenticationSasl(List.of("SCRAM-SHA-256")), """
            'R'
            00 00 00 17         length
            00 00 00 0a         SASL
            'SCRAM-SHA-256' 00
            00                  end of the list
            """);
        assertWritten(
                new BackendMessage.AuthenticationSaslContinue(Samples.bytes("r=")), "'R' 00 00 00 0a 00 00 00 0b 'r='");
        assertWritten(
                new BackendMessage.AuthenticationSaslFinal(Samples.bytes("v=")), "'R' 00 00 00 0a 00 00 00 0c 'v='");
    }

    @Test
    void theStartOfASession() {
        assertWritten(new BackendMessage.ParameterStatus("TimeZone", "UTC"), "'S' 00 00 00 11 'TimeZone' 00 'UTC' 00");
        assertWritten(
                new BackendMessage.BackendKeyData(4711, new byte[] {1, 2, 3, 4}),
                "'K' 00 00 00 0c 00 00 12 67 01 02 03 04");
        assertWritten(new BackendMessage.NegotiateProtocolVersion(ProtocolVersion.V3_2, List.of("_pq_.x")), """
            'v'
            00 00 00 13  length
            00 03 00 02  version 3.2
            00 00 00 01  one option
            '_pq_.x' 00
            """);
        assertWritten(new BackendMessage.ReadyForQuery(TransactionStatus.IN_BLOCK), "'Z' 00 00 00 05 'T'");
    }

    @Test
    void rowDescription() {
        assertWritten(
                new BackendMessage.RowDescription(
                        List.of(new Column("id", 16_384, (short) 1, 25, (short) -1, -1, (short) 0))),
                """
                'T'
                00 00 00 1b  length
                00 01        one column
                'id' 00
                00 00 40 00  table
                00 01        column of the table
                00 00 00 19  text
                ff ff        of variable size
                ff ff ff ff  no modifier
                00 00        in text
                """);
    }

    @Test
    void dataRow() {
        assertWritten(new BackendMessage.DataRow(Arrays.asList(Samples.bytes("42"), null, new byte[0])), """
            'D'
            00 00 00 14       length
            00 03             three values
            00 00 00 02 '42'
            ff ff ff ff       NULL
            00 00 00 00       empty
            """);
    }

    @Test
    void answersWithoutContents() {
        assertWritten(new BackendMessage.ParseComplete(), "'1' 00 00 00 04");
        assertWritten(new BackendMessage.BindComplete(), "'2' 00 00 00 04");
        assertWritten(new BackendMessage.CloseComplete(), "'3' 00 00 00 04");
        assertWritten(new BackendMessage.NoData(), "'n' 00 00 00 04");
        assertWritten(new BackendMessage.PortalSuspended(), "'s' 00 00 00 04");
        assertWritten(new BackendMessage.EmptyQueryResponse(), "'I' 00 00 00 04");
        assertWritten(new BackendMessage.CopyDone(), "'c' 00 00 00 04");
    }

    @Test
    void errorResponse() {
        assertWritten(ErrorResponse.of(ErrorCode.API_VALIDATION.error("x").withColumn("c")), """
            'E'
            00 00 00 31                length
            'S' 'ERROR' 00             severity in the server's language
            'V' 'ERROR' 00             and in English
            'C' '23514' 00             SQLSTATE
            'M' 'x validation error' 00
            'c' 'c' 00                 column
            00                         end of the fields
            """);
    }

    @Test
    void everyFieldOfAnErrorComesBack() {
        PgError error = Samples.fullError();
        assertThat(ErrorResponse.of(error).error()).isEqualTo(error);
        assertThat(NoticeResponse.of(error.withSeverity(Severity.WARNING)).notice())
                .isEqualTo(error.withSeverity(Severity.WARNING));
    }

    @Test
    void anErrorWithoutSqlStateIsAnInternalError() {
        // CVE-2026-6666.
        assertThat(new ErrorResponse(List.of()).error()).isEqualTo(PgError.of(Severity.ERROR, "XX000", ""));
        assertThat(new ErrorResponse(List.of(new ReportField((byte) 'C', "nonsense")))
                        .error()
                        .sqlState())
                .isEqualTo("XX000");
        assertThat(new NoticeResponse(List.of()).notice()).isEqualTo(PgError.of(Severity.NOTICE, "00000", ""));
    }

    @Test
    void theSeverityInEnglishCounts() {
        List<ReportField> german = List.of(new ReportField((byte) 'S', "FEHLER"), new ReportField((byte) 'V', "FATAL"));
        assertThat(new ErrorResponse(german).error().severity()).isEqualTo(Severity.FATAL);
        assertThat(new ErrorResponse(german.subList(0, 1)).error().severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    void aZeroByteInAnApisTextDoesNotEndTheField() {
        PgError error = ErrorCode.API_VALIDATION.error("x").withDetail("a\0b");
        assertThat(ErrorResponse.of(error).error().detail()).isEqualTo("a\ufffdb");
        assertThat(Samples.encoded(ErrorResponse.of(error))).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'R' 00 00 00 06 00 00",
                "'R' 00 00 00 08 00 00 00 63  a request that does not exist",
                "'R' 00 00 00 0a 00 00 00 05 01 02  a salt of two bytes",
                "'R' 00 00 00 0a 00 00 00 0a 'x' 00  mechanisms without end",
                "'K' 00 00 00 0b 00 00 00 01 01 02 03  a key of three bytes",
                "'Z' 00 00 00 05 'X'",
                "'Z' 00 00 00 04",
                "'D' 00 00 00 06 ff ff  65,535 values that are not there",
                "'D' 00 00 00 0a 00 01 ff ff ff fe  a value of length -2",
                "'T' 00 00 00 06 00 01",
                "'T' 00 00 00 06 ff ff",
                "'v' 00 00 00 0c 00 03 00 00 7f ff ff ff  two thousand million options",
                "'v' 00 00 00 0c 00 03 00 00 ff ff ff ff",
                "'E' 00 00 00 04  fields without end",
                "'E' 00 00 00 08 'S' 'ER'",
                "'C' 00 00 00 06 'OK'",
                "'1' 00 00 00 05 00",
                "'t' 00 00 00 06 00 01",
                "'G' 00 00 00 07 00 00 05",
                "'?' 00 00 00 04"
            })
    void whatIsWrongIsAViolationAndNothingElse(String legend) {
        byte[] bytes = Golden.bytes(legend);
        assertThatThrownBy(() -> BackendMessages.decode(RoundTripTest.frame(bytes, false)))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void anErrorInAnotherEncodingIsShownAsWellAsItCanBe() {
        // Before the login is done nobody has agreed on an encoding.
        byte[] latin1 = Golden.bytes("'E' 00 00 00 0a 'M' 'gr' fc 00 00");
        ErrorResponse error = (ErrorResponse) BackendMessages.decode(RoundTripTest.frame(latin1, false));
        assertThat(error.error().message()).isEqualTo("gr\ufffd");
    }

    @Test
    void nothingThatAMessagePrintsIsAValue() {
        assertThat(Samples.backend().toString())
                .doesNotContain("key4")
                .doesNotContain("payload")
                .doesNotContain("pauldune");
    }

    private static void assertWritten(BackendMessage message, String legend) {
        assertThat(Samples.encoded(message)).isEqualTo(Golden.bytes(legend));
    }
}
