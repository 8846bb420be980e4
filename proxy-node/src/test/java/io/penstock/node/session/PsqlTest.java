package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.node.backend.TestPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real psql, where one is on the path: what it prints through the proxy is what it prints without. */
@Timeout(60)
class PsqlTest {
    private static final String SCRIPT = """
        create temp table t (id int generated always as identity, note text);
        insert into t (note) values ('a'), ('b') returning *;
        \\copy t (note) from stdin
        c
        d
        \\.
        select * from t order by id;
        \\d t
        select 1/0;
        begin; select bogus; select 1;
        rollback;
        do $$ begin raise notice 'hello'; end $$;
        select 1 as a \\; select 2 as b;
        \\gdesc
        \\set FETCH_COUNT 3
        select generate_series(1, 10);
        \\encoding
        """;

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "psql"))),
                "no psql on the path");
        postgres = TestPostgres.start();
        proxy = TestProxy.trusting(postgres.address());
    }

    @AfterAll
    static void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
            postgres.close();
        }
    }

    @Test
    void aScriptPrintsTheSame() throws Exception {
        String direct = psql(postgres.address().port());
        assertThat(psql(proxy.port)).isEqualTo(direct);
        assertThat(direct).contains("division by zero", "hello", "Table \"pg_temp");
    }

    private static String psql(int port) throws IOException, InterruptedException {
        Process psql = new ProcessBuilder(
                        "psql",
                        "-X",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-U",
                        "postgres",
                        "-d",
                        "postgres")
                .redirectErrorStream(true)
                .start();
        psql.getOutputStream().write(SCRIPT.getBytes(StandardCharsets.UTF_8));
        psql.getOutputStream().close();
        String printed = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(psql.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return printed.replaceAll("pg_temp_\\d+", "pg_temp_n");
    }
}
