package io.penstock.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.Golden;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.message.FrontendMessage.Bind;
import io.penstock.protocol.message.FrontendMessage.FunctionCall;
import io.penstock.protocol.message.FrontendMessage.Parse;
import io.penstock.protocol.message.FrontendMessage.Query;
import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of a client's messages, and what becomes of wrong ones (W-10, W-11). */
class FrontendMessagesTest {
    @Test
    void query() {
        assertWritten(new Query("SELECT 1"), """
            'Q'
            00 00 00 0d    length
            'SELECT 1' 00
            """);
    }

    @Test
    void parse() {
        assertWritten(new Parse("s", "SELECT $1", new int[] {23}), """
            'P'
            00 00 00 16       length
            's' 00            statement
            'SELECT $1' 00
            00 01             one type
            00 00 00 17       int4
            """);
    }

    @Test
    void bind() {
        Bind bind = new Bind("p", "s", new short[] {0, 1}, Arrays.asList(Samples.bytes("x"), null), new short[] {1});
        assertWritten(bind, """
            'B'
            00 00 00 1d     length
            'p' 00          portal
            's' 00          statement
            00 02           two formats
            00 00           text
            00 01           binary
            00 02           two values
            00 00 00 01 'x'
            ff ff ff ff     NULL
            00 01           one format for all columns
            00 01           binary
            """);
        assertThat(bind.parameterFormat(1)).isEqualTo((short) 1);
    }

    @Test
    void describeExecuteCloseAndTheRest() {
        assertWritten(new FrontendMessage.Describe(Target.STATEMENT, "s"), "'D' 00 00 00 07 'S' 's' 00");
        assertWritten(new FrontendMessage.Execute("", 200), "'E' 00 00 00 09 00 00 00 00 c8");
        assertWritten(new FrontendMessage.Close(Target.PORTAL, "p"), "'C' 00 00 00 07 'P' 'p' 00");
        assertWritten(new FrontendMessage.Flush(), "'H' 00 00 00 04");
        assertWritten(new FrontendMessage.Sync(), "'S' 00 00 00 04");
        assertWritten(new FrontendMessage.Terminate(), "'X' 00 00 00 04");
        assertWritten(new FrontendMessage.CopyData(new byte[] {1, 2}), "'d' 00 00 00 06 01 02");
        assertWritten(new FrontendMessage.CopyDone(), "'c' 00 00 00 04");
        assertWritten(new FrontendMessage.CopyFail("no"), "'f' 00 00 00 07 'no' 00");
    }

    @Test
    void functionCall() {
        assertWritten(new FunctionCall(42, new short[] {}, List.of(new byte[] {7}), (short) 1), """
            'F'
            00 00 00 13     length
            00 00 00 2a     function
            00 00           all arguments in text
            00 01           one argument
            00 00 00 01 07
            00 01           result in binary
            """);
    }

    @Test
    void saslInitialResponse() {
        assertWritten(new SaslInitialResponse("SCRAM-SHA-256", Samples.bytes("n,,")), """
            'p'
            00 00 00 19         length
            'SCRAM-SHA-256' 00
            00 00 00 03         length of the data, -1 for none
            'n,,'
            """);
    }

    @Test
    void aBindWithAsManyParametersAsThereCanBe() {
        List<byte[]> many = Collections.nCopies(65_535, new byte[0]);
        Bind bind = new Bind("", "", new short[] {}, many, new short[] {});
        Bind decoded = (Bind) FrontendMessages.decode(RoundTripTest.frame(Samples.encoded(bind), false));
        assertThat(decoded.parameters()).hasSize(65_535);

        List<byte[]> tooMany = Collections.nCopies(65_536, new byte[0]);
        assertThatThrownBy(() -> Samples.encoded(new Bind("", "", new short[] {}, tooMany, new short[] {})))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatDoesNotFitIsAnErrorAndNotTheEndOfTheSession() {
        assertBad("08P01", "'Q' 00 00 00 04  no text at all");
        assertBad("08P01", "'Q' 00 00 00 06 'xy'  text without end");
        assertBad("08P01", "'Q' 00 00 00 0b 'x' 00 'DROP' 00  a second text behind the first");
        assertBad("08P01", "'S' 00 00 00 05 00  a Sync with a body");
        assertBad("08P01", "'D' 00 00 00 06 'X' 00  neither statement nor portal");
        assertBad("08P01", "'E' 00 00 00 07 00 00 00  half a number of rows");
        assertBad("08P01", "'P' 00 00 00 08 00 00 ff ff  65,535 types that are not there");
        assertBad("08P01", "'B' 00 00 00 0c 00 00 00 00 ff ff 00 00  65,535 values that are not there");
        assertBad("08P01", "'B' 00 00 00 10 00 00 00 00 00 01 ff ff ff fe 00 00  a value of length -2");
        assertBad("08P01", "'B' 00 00 00 10 00 00 00 00 00 01 80 00 00 00 00 00  a value of length -2^31");
        assertBad("08P01", "'B' 00 00 00 10 00 00 00 00 00 01 7f ff ff ff 00 00  a value of 2 GB");
        assertBad("08P01", "'B' 00 00 00 10 00 00 00 02 00 00 00 01 00 00 00 00  two formats for no value");
        assertBad("22021", "'Q' 00 00 00 07 ff fe 00  text that is not UTF-8");
        assertBad("22021", "'Q' 00 00 00 07 c0 80 00  an overlong zero");
    }

    @Test
    void textIsReadInTheEncodingOfTheSession() {
        byte[] latin1 = Golden.bytes("'Q' 00 00 00 08 'gr' fc 00");
        assertThat(FrontendMessages.decode(RoundTripTest.frame(latin1, false), StandardCharsets.ISO_8859_1))
                .isEqualTo(new Query("gr\u00fc"));
        ByteBuf out = Unpooled.buffer();
        FrontendMessages.encode(new Query("gr\u00fc"), out, StandardCharsets.ISO_8859_1);
        assertThat(Golden.bytes(out)).isEqualTo(latin1);
    }

    @Test
    void aZeroByteIsNotWrittenIntoText() {
        assertThatThrownBy(() -> Samples.encoded(new Query("select 1;\0drop")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anUnknownTypeIsFatal() {
        ProtocolViolation violation = catchThrowableOfType(
                ProtocolViolation.class,
                () -> FrontendMessages.decode(RoundTripTest.frame(Golden.bytes("'!' 00 00 00 04"), false)));
        assertThat(violation.isFatal()).isTrue();
    }

    @Test
    void aPasswordIsReadFromItsOwnMessageOnly() {
        ProtocolViolation violation = catchThrowableOfType(
                ProtocolViolation.class,
                () -> FrontendMessages.decodePassword(RoundTripTest.frame(Golden.bytes("'Q' 00 00 00 05 00"), false)));
        assertThat(violation.isFatal()).isTrue();
    }

    @Test
    void nothingThatAMessagePrintsIsAValue() {
        assertThat(Samples.frontend().toString())
                .doesNotContain("select")
                .doesNotContain("key4")
                .doesNotContain("anything");
        assertThat(new SaslInitialResponse("SCRAM-SHA-256", new byte[0]))
                .hasToString("SaslInitialResponse[SCRAM-SHA-256]");
    }

    private static void assertWritten(FrontendMessage message, String legend) {
        assertThat(Samples.encoded(message)).isEqualTo(Golden.bytes(legend));
    }

    private static void assertBad(String sqlState, String legend) {
        ProtocolViolation violation = catchThrowableOfType(
                ProtocolViolation.class,
                () -> FrontendMessages.decode(RoundTripTest.frame(Golden.bytes(legend), false)));
        assertThat(violation).as(legend).isNotNull();
        assertThat(violation.error().sqlState()).as(legend).isEqualTo(sqlState);
        assertThat(violation.isFatal()).isFalse();
    }
}
