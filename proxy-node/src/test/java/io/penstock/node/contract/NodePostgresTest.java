package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.node.clients.ScriptedClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The mutation contract through npm {@code pg}. The steps are in {@code src/test/resources/clients/node-postgres/session.mjs}; the client is
 * installed by {@code npm ci} into {@code target}.
 */
class NodePostgresTest {
    @TestFactory
    List<DynamicTest> everyStepOfTheSession() throws IOException, InterruptedException {
        List<String> missing = PsqlTest.missing("node", "npm");
        assumeTrue(missing.isEmpty(), "not on the path: " + missing);
        ScriptedClient client = ScriptedClient.nodePostgres();
        PenstockFixture penstock = PenstockFixture.shared();
        List<DynamicTest> tests = client.steps(
                120,
                11,
                "node",
                "session.mjs",
                Integer.toString(penstock.address().getPort()),
                "contract",
                penstock.name("Node"));
        assertThat(penstock.agreement().differences()).isEmpty();
        return tests;
    }
}
