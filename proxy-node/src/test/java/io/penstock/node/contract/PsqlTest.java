package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The first session of the README, typed into a real psql. */
class PsqlTest {
    /** One of its own: what the README's statements find by name must be theirs alone. */
    private static final PenstockFixture PENSTOCK = PenstockFixture.start("60s");

    @AfterAll
    static void stop() {
        PENSTOCK.close();
    }

    @Test
    void theFirstSessionWorksAsPrinted() throws IOException, InterruptedException {
        assumeTrue(onPath("psql"), "psql is not on the path");
        long mark = PENSTOCK.mark();
        String output = psql("""
            insert into salesforce.contacts (first_name, last_name, email) values ('Paul', 'Atreides', 'paul.atreides@caladan.io') returning id, created_date;
            update salesforce.contacts set email = 'paul@dune.co', note = 'Moved to Dune' where last_name = 'Atreides' returning *;
            insert into salesforce.contacts (last_name, email) values ('Harkonnen', 'not an address');
            delete from salesforce.contacts where email = 'paul@dune.co';
            """);
        assertThat(output)
                .containsPattern("003\\w{15}")
                .contains("INSERT 0 1")
                .contains("Moved to Dune")
                .contains("UPDATE 1")
                .contains("ERROR:  22P02: salesforce validation error")
                .contains("DETAIL:  Key (email)=(not an address) is not a valid email address.")
                .contains("HINT:  ")
                .contains("DELETE 1");
        assertThat(PENSTOCK.requests(mark))
                .extracting(ApiRequest::verb)
                .containsExactly("POST", "PATCH", "POST", "DELETE");
        assertThat(PENSTOCK.agreement().differences()).isEmpty();
    }

    @Test
    void explainAndMetaCommandsWork() throws IOException, InterruptedException {
        assumeTrue(onPath("psql"), "psql is not on the path");
        assertThat(psql("""
            \\d salesforce.contacts
            explain insert into salesforce.contacts (last_name) values ('Paul');
            insert into salesforce.contacts (last_name) values ('Bound') returning last_name \\gx
            select state from penstock.journal limit 1;
            """))
                .contains("last_name")
                .contains("1 of at most 200")
                .contains("Bound")
                .contains("APPLIED");
    }

    private static String psql(String session) throws IOException, InterruptedException {
        Path script = Files.createTempFile("penstock-", ".sql");
        Path output = Files.createTempFile("penstock-", ".out");
        try {
            Files.writeString(script, session);
            Process psql = new ProcessBuilder(
                            "psql",
                            "--no-psqlrc",
                            "--set=VERBOSITY=verbose",
                            "host=127.0.0.1 port=" + PENSTOCK.address().getPort() + " user=app dbname=contract",
                            "--file=" + script)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(psql.waitFor(60, TimeUnit.SECONDS)).as("psql ends").isTrue();
            return Files.readString(output, StandardCharsets.UTF_8);
        } finally {
            Files.deleteIfExists(script);
            Files.deleteIfExists(output);
        }
    }

    static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .anyMatch(Files::isExecutable);
    }

    static List<String> missing(String... programs) {
        return Stream.of(programs).filter(program -> !onPath(program)).toList();
    }
}
