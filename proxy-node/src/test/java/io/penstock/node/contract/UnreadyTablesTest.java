package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import io.penstock.sandbox.server.FaultMatch;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node that starts while its API cannot be reached: reads go on, writes wait with a reason, and connections of that time need not be made anew. */
class UnreadyTablesTest {
    @Test
    void mutationsAreRefusedUntilTheApiHasDescribedTheTables() {
        try (PenstockFixture penstock = PenstockFixture.start("60s")) {
            penstock.superuser("create table public.contacts (id int)", "grant all on public.contacts to app");
            penstock.sandbox()
                    .faults()
                    .always(FaultMatch.path("/describe"), new Fault.Status(503, Moment.BEFORE_COMMIT));
            penstock.restartUnready();
            long mark = penstock.mark();
            try (WireClient client = penstock.client()) {
                assertThat(client.simple("select count(*) from salesforce.contacts")
                                .failed())
                        .isFalse();
                for (WireAnswer answer : new WireAnswer[] {
                    client.simple("update salesforce.contacts set note = 'x'"),
                    client.extended("delete from salesforce.contacts"),
                    client.simple("explain insert into salesforce.accounts (name) values ('A')")
                }) {
                    assertThat(answer.failure().sqlState()).isEqualTo("55000");
                    assertThat(answer.failure().message()).contains("cannot be changed yet");
                    assertThat(answer.failure().hint()).contains("Nothing was sent");
                }
                assertThat(client.simple("begin").failed()).isFalse();
                assertThat(client.simple("delete from salesforce.contacts").status())
                        .isEqualTo('E');
                assertThat(client.simple("rollback").status()).isEqualTo('I');
                // The same name in a schema of the search path is an ordinary table.
                assertThat(client.simple("insert into contacts values (1)")
                                .result()
                                .tag())
                        .isEqualTo("INSERT 0 1");
                assertThat(client.extended("truncate contacts").failed()).isFalse();

                penstock.sandbox().faults().clear();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> !client.simple("update salesforce.contacts set note = 'ready'"
                                        + " where id = (select min(id) from salesforce.contacts)")
                                .failed());
                assertThat(penstock.requests(mark).stream().filter(ApiRequest::writes))
                        .hasSize(1);
            }
            assertThat(penstock.agreement().differences()).isEmpty();
        }
    }
}
