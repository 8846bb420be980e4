package io.penstock.node.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.config.PoolSettings.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * npm {@code pg}, psycopg 3 and psycopg 2 on pools in both modes: the steps are in {@code src/test/resources/clients}. In transaction mode four
 * times as many clients as servers take turns, so what one of them prepares runs on servers on which others have prepared.
 */
@Timeout(120)
@ParameterizedClass
@EnumSource(Mode.class)
class ScriptedClientsTest {
    private static final int SECONDS = 100;

    private static ClientRig rig;

    private final Mode mode;

    ScriptedClientsTest(Mode mode) {
        this.mode = mode;
    }

    @BeforeAll
    static void start() throws Exception {
        rig = ClientRig.start();
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @AfterEach
    void nothingIsHeld() {
        rig.assertNothingIsHeld();
    }

    @TestFactory
    List<DynamicTest> nodePostgres() throws IOException, InterruptedException {
        assumeTrue(
                !ScriptedClient.onPath("node").isEmpty()
                        && !ScriptedClient.onPath("npm").isEmpty(),
                "node or npm is not on the path: npm pg was not tried");
        return ScriptedClient.nodePostgres().steps(SECONDS, 16, command("node", "scenarios.mjs"));
    }

    @TestFactory
    List<DynamicTest> psycopg3() throws IOException, InterruptedException {
        return ScriptedClient.psycopg().steps(SECONDS, 18, command(python("psycopg"), "psycopg3_scenarios.py"));
    }

    @TestFactory
    List<DynamicTest> psycopg2() throws IOException, InterruptedException {
        return ScriptedClient.psycopg().steps(SECONDS, 14, command(python("psycopg2"), "psycopg2_scenarios.py"));
    }

    private String[] command(String program, String script) {
        return new String[] {
            program,
            script,
            Integer.toString(rig.port()),
            ClientRig.database(mode),
            ClientRig.database(mode),
            Integer.toString(ClientRig.SERVERS)
        };
    }

    /** The first Python on the path that has the package: Debian's may stand behind another one that has not. */
    private static String python(String module) throws IOException, InterruptedException {
        Optional<String> found = Optional.empty();
        for (Path candidate : ScriptedClient.onPath("python3")) {
            if (found.isEmpty() && has(candidate, module)) {
                found = Optional.of(candidate.toString());
            }
        }
        assumeTrue(
                found.isPresent(),
                "no python3 on the path has the module " + module
                        + " (Debian: python3-psycopg, python3-psycopg2): it was not tried");
        return found.orElseThrow();
    }

    private static boolean has(Path python, String module) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(python.toString(), "-c", "import " + module)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
