package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import org.junit.jupiter.api.Test;

/** The guard is the database's own and speaks for itself: in the words of the catalogue. */
class GuardWordsTest {
    private static final PenstockFixture PENSTOCK = PenstockFixture.shared();

    @Test
    void guardSaysWhatTheCatalogueSays() {
        try (WireClient client = PENSTOCK.directClient("postgres")) {
            WireReport said = client.simple("delete from salesforce.contacts").failure();
            PgError listed = ErrorCode.WRITE_WITHOUT_PROXY.error("salesforce.contacts", "127.0.0.1:0");
            assertThat(said.sqlState()).isEqualTo(listed.sqlState());
            assertThat(said.message()).isEqualTo(listed.message());
            assertThat(said.hint()).isEqualTo(listed.hint());
        }
    }
}
