package io.penstock.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.protocol.Golden;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.message.FrontendMessage.CancelRequest;
import io.penstock.protocol.message.FrontendMessage.Startup;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** W-03 and the other packets that begin a connection. */
class StartupDecoderTest {
    @Test
    void startup() {
        assertThat(decode("""
            00 00 00 21          length
            00 03 00 00          version 3.0
            'user' 00 'paul' 00
            'database' 00 'crm' 00
            00
            """)).isEqualTo(new Startup(ProtocolVersion.V3_0, Map.of("user", "paul", "database", "crm")));
    }

    @Test
    void theDatabaseIsTheUsersUnlessNamed() {
        assertThat(new Startup(ProtocolVersion.V3_0, Map.of("user", "paul")).database())
                .isEqualTo("paul");
        assertThat(new Startup(ProtocolVersion.V3_0, Map.of("user", "paul", "database", "")).database())
                .isEqualTo("paul");
        assertThat(new Startup(ProtocolVersion.V3_0, Map.of()).user()).isNull();
    }

    @Test
    void ofANameSentTwiceTheLastValueCounts() {
        assertThat(((Startup) decode("00 00 00 19 00 03 00 00 'user' 00 'a' 00 'user' 00 'b' 00 00")).user())
                .isEqualTo("b");
    }

    @Test
    void requests() {
        assertThat(decode("00 00 00 08 04 d2 16 2f")).isEqualTo(new FrontendMessage.SslRequest());
        assertThat(decode("00 00 00 08 04 d2 16 30")).isEqualTo(new FrontendMessage.GssEncRequest());
        CancelRequest cancel = (CancelRequest) decode("""
            00 00 00 10  length
            04 d2 16 2e  cancel
            00 00 12 67  process
            de ad be ef  secret
            """);
        assertThat(cancel.processId()).isEqualTo(0x1267);
        assertThat(cancel.secretKey()).containsExactly(0xde, 0xad, 0xbe, 0xef);
        assertThat(cancel).hasToString("CancelRequest[4711]");
    }

    @Test
    void keysAreFourToTwoHundredAndFiftySixBytesLong() {
        assertThat(((CancelRequest) decode("00 00 01 0c 04 d2 16 2e 00 00 00 01" + " 11".repeat(256))).secretKey())
                .hasSize(256);
        assertFatal("08P01", "00 00 00 0f 04 d2 16 2e 00 00 00 01 11 22 33");
        assertFatal("08P01", "00 00 01 0d 04 d2 16 2e 00 00 00 01" + " 11".repeat(257));
        assertFatal("08P01", "00 00 00 0a 04 d2 16 2e 00 00");
    }

    @Test
    void minorVersionsAreReadAndMajorOnesAreRefused() {
        assertThat(((Startup) decode("00 00 00 09 00 03 27 0f 00")).protocolVersion())
                .isEqualTo(ProtocolVersion.of(3, 9_999));
        assertFatal("0A000", "00 00 00 09 00 02 00 00 00");
        assertFatal("0A000", "00 00 00 09 00 04 00 00 00");
        assertFatal("0A000", "00 00 00 08 'HTTP'");
    }

    @Test
    void wrongLayoutsAreFatal() {
        assertFatal("08P01", "00 00 00 08 00 03 00 00  no terminator");
        assertFatal("08P01", "00 00 00 0c 00 03 00 00 'user'  name without end");
        assertFatal("08P01", "00 00 00 0d 00 03 00 00 'user' 00  name without value");
        assertFatal("08P01", "00 00 00 11 00 03 00 00 'user' 00 'paul'  value without end");
        assertFatal("08P01", "00 00 00 12 00 03 00 00 'user' 00 'paul' 00  no terminator");
        assertFatal("08P01", "00 00 00 0a 00 03 00 00 00 00  bytes behind the terminator");
        assertFatal("08P01", "00 00 00 09 04 d2 16 2f 00  bytes behind an SSLRequest");
    }

    @Test
    void anUnreadableUserNameIsFatalSoThatTwoNamesDoNotBecomeOne() {
        assertFatal("22021", "00 00 00 10 00 03 00 00 'user' 00 ff 00 00");
    }

    private static FrontendMessage decode(String legend) {
        return FrontendMessages.decode(RoundTripTest.frame(Golden.bytes(legend), true));
    }

    private static void assertFatal(String sqlState, String legend) {
        ProtocolViolation violation = catchThrowableOfType(ProtocolViolation.class, () -> decode(legend));
        assertThat(violation).as(legend).isNotNull();
        assertThat(violation.error().sqlState()).as(legend).isEqualTo(sqlState);
        assertThat(violation.isFatal()).isTrue();
    }
}
