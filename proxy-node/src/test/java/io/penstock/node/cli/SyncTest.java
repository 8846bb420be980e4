package io.penstock.node.cli;

import static io.penstock.node.cli.SyncRig.field;
import static io.penstock.node.cli.SyncRig.remove;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.node.Node;
import io.penstock.node.cli.SyncRig.Said;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.FaultMatch;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

/** {@code sync plan} and {@code sync apply} on a real database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SyncTest {
    private @Nullable SyncRig started;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        started = new SyncRig(folder);
    }

    @AfterAll
    void close() throws Exception {
        rig().close();
    }

    @BeforeEach
    void begin() throws SQLException {
        rig().begin();
    }

    private SyncRig rig() {
        SyncRig rig = started;
        if (rig == null) {
            throw new IllegalStateException("not started");
        }
        return rig;
    }

    // ---- from nothing ----

    @Test
    void planTellsEverythingAndChangesNothing() throws Exception {
        List<@Nullable String> before = rig().catalog();

        Said said = SyncRig.run(rig().settingsWithToken(), false);

        assertThat(said.exit()).as(said.toString()).isEqualTo(3);
        assertThat(said.text())
                .contains("CREATE SCHEMA \"salesforce\" AUTHORIZATION penstock;")
                .contains("CREATE TABLE \"salesforce\".\"contacts\"")
                .contains("COMMENT ON COLUMN \"salesforce\".\"contacts\".\"last_name\" IS 'Last Name';")
                .contains("create unlogged table if not exists penstock.captured")
                .contains("SELECT penstock.guard_table(")
                .endsWith("no drift; nothing was changed");
        assertThat(rig().catalog()).isEqualTo(before);
        assertThat(rig().hasKeyFile())
                .as("a key of the command's own would make credentials that no node can read")
                .isFalse();
    }

    @Test
    void planDoesNotUseUpARefreshTokenWhoseNextOneItCouldNotKeep() throws Exception {
        long before = rig().sandbox().requests().size();

        Said said = rig().plan();

        assertThat(said.exit()).isEqualTo(1);
        assertThat(said.errors())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("the next one could not be kept")
                        .contains("apply"));
        assertThat(rig().sandbox().requests()).hasSize((int) before);
        assertThat(rig().hasKeyFile()).isFalse();

        assertThat(rig().apply().exit()).as("as a node would").isZero();
        assertThat(rig().plan().exit()).isZero();
    }

    @Test
    void whatPlanPrintsIsWhatApplyDoes() throws Exception {
        var settings = rig().settingsWithToken();
        rig().sql(SyncRig.run(settings, false).text());

        Said said = SyncRig.run(settings, false);
        assertThat(said.exit()).as(said.toString()).isZero();
        assertThat(SyncRig.run(settings, true).text()).contains("apply: 0 changes");
    }

    @Test
    void applyDoesItOnce() throws Exception {
        Said first = rig().apply();
        List<@Nullable String> after = rig().catalog();
        Said second = rig().apply();

        assertThat(first.exit()).as(first.toString()).isZero();
        assertThat(first.text()).contains("CREATE TABLE").contains(", made");
        assertThat(second.exit()).isZero();
        assertThat(second.output()).containsExactly("-- apply: 0 changes; no drift");
        assertThat(rig().catalog()).isEqualTo(after);
        assertThat(rig().plan().exit()).isZero();
    }

    @Test
    void twoAtOnceDoItOnce() {
        List<CompletableFuture<Said>> both = IntStream.range(0, 2)
                .mapToObj(_ -> CompletableFuture.supplyAsync(() -> rig().apply()))
                .toList();
        List<Said> said = both.stream().map(CompletableFuture::join).toList();

        assertThat(said)
                .allSatisfy(each -> assertThat(each.exit()).as(each.toString()).isZero());
        assertThat(said.stream().filter(each -> each.text().contains("CREATE TABLE")))
                .hasSize(1);
        assertThat(rig().plan().exit()).isZero();
    }

    @Test
    void aNodeFindsWhatApplyMadeAndPlanWhatTheNodeMade() throws Exception {
        rig().apply();
        try (Node node = rig().node()) {
            assertThat(rig().column("select id from salesforce.contacts"))
                    .hasSameSizeAs(rig().sandbox().objects("Contact"));
            try (Connection client = rig().through(node);
                    Statement statement = client.createStatement()) {
                assertThat(statement.executeUpdate("insert into salesforce.contacts (last_name) values ('Kynes')"))
                        .isEqualTo(1);
            }
            assertThat(rig().plan().exit()).as(rig().plan().text()).isZero();
        }
        rig().begin();
        try (Node node = rig().node()) {
            assertThat(node.listenAddress()).isNotNull();
            assertThat(rig().plan().exit()).as(rig().plan().text()).isZero();
        }
    }

    @Test
    void anAdministratorWhoIsNoSuperuserIsEnough() throws Exception {
        rig().sql(
                        "do $$ begin if to_regrole('keeper') is null then create role keeper login createrole; end if; end $$",
                        "do $$ begin if to_regrole('penstock') is not null then"
                                + " grant penstock to keeper with admin option; end if;"
                                + " if to_regrole('penstock_writer') is not null then"
                                + " grant penstock_writer to keeper with admin option; end if; end $$",
                        "do $$ begin execute format('grant create on database %I to keeper', current_database()); end $$");
        var settings = rig().settings("keeper", "contacts { object = Contact }");

        Said made = SyncRig.run(settings, true);

        assertThat(made.exit()).as(made.toString()).isZero();
        assertThat(SyncRig.run(settings, false).exit()).isZero();
    }

    // ---- what changes at the API ----

    @Test
    void aFieldThatIsNewBecomesAColumnAndALabelACommentAndMoreRoomAWiderType() throws Exception {
        rig().apply();
        rig().describe(description -> {
            ObjectNode added = field(description, "Title").deepCopy();
            added.put("name", "Shoe_Size__c").put("label", "Shoe 'size'").put("length", 7);
            description.withArray("fields").add(added);
            field(description, "Department")
                    .put("label", "Team\n; drop table x; --")
                    .put("length", 500);
        });

        Said plan = rig().plan();
        assertThat(plan.exit()).isEqualTo(3);
        assertThat(rig().typeOf("shoe_size")).isEqualTo("no such column");
        Said said = rig().apply();

        assertThat(said.statements())
                .as("what plan had said")
                .isEqualTo(plan.statements())
                .contains(
                        "ALTER TABLE \"salesforce\".\"contacts\" ADD COLUMN \"shoe_size\" varchar(7);",
                        "COMMENT ON COLUMN \"salesforce\".\"contacts\".\"shoe_size\" IS 'Shoe ''size''';",
                        "ALTER TABLE \"salesforce\".\"contacts\" ALTER COLUMN \"department\" TYPE varchar(500);");
        assertThat(said.text()).contains("start the nodes that run again");
        assertThat(rig().typeOf("shoe_size")).isEqualTo("character varying(7)");
        assertThat(rig().typeOf("department")).isEqualTo("character varying(500)");
        assertThat(rig().plan().exit()).isZero();

        rig().describe(description -> {
            field(description, "Title").put("label", "Job");
            field(description, "Department").put("length", 500);
            description.put("label", "Human being");
        });
        Said labels = rig().apply();
        assertThat(labels.about("COMMENT ON"))
                .contains(
                        "COMMENT ON TABLE \"salesforce\".\"contacts\" IS 'Human being';",
                        "COMMENT ON COLUMN \"salesforce\".\"contacts\".\"title\" IS 'Job';");
        assertThat(labels.about("drop table"))
                .as("the old label is told, and ends no comment")
                .allSatisfy(line -> assertThat(line).startsWith("-- "));
    }

    @Test
    void aFieldThatIsGoneStaysUntilItsColumnIsNamed() throws Exception {
        rig().node().close();
        rig().describe(description -> remove(description, "Title"));

        Said said = rig().plan();

        assertThat(said.exit()).as("for a person, not for apply").isEqualTo(4);
        assertThat(said.about("drift: "))
                .anySatisfy(line -> assertThat(line)
                        .contains("column title held the field Title")
                        .contains("--drop salesforce.contacts.title"));
        assertThat(rig().apply().about("DROP")).isEmpty();
        assertThat(rig().typeOf("title")).isEqualTo("character varying(128)");
        assertThat(rig().plan().exit()).isEqualTo(4);

        try (Node node = rig().node()) {
            assertThat(node.listenAddress()).isNotNull();
            assertThat(rig().plan().about("drift: "))
                    .as("a node that has noted the new description does not make it forgotten")
                    .anySatisfy(line -> assertThat(line).contains("column title held the field Title"));
        }
        assertThat(rig().plan("salesforce.contacts.title").statements())
                .anySatisfy(line -> assertThat(line).contains("DROP COLUMN \"title\""));
        Said dropped = rig().apply("salesforce.contacts.title");
        assertThat(dropped.exit()).as(dropped.toString()).isZero();
        assertThat(rig().typeOf("title")).isEqualTo("no such column");
        assertThat(rig().plan().exit()).isZero();
    }

    @Test
    void whatARunningNodeWritesIsNotDroppedUnderIt() throws Exception {
        try (Node node = rig().node()) {
            assertThat(node.listenAddress()).isNotNull();
            rig().describe(description -> remove(description, "Title"));

            Said said = rig().apply("salesforce.contacts.title");

            assertThat(said.about("drift: "))
                    .anySatisfy(line -> assertThat(line).contains("title is not dropped: a node that runs"));
            assertThat(rig().typeOf("title")).isEqualTo("character varying(128)");
        }
    }

    @Test
    void anotherTypeIsTold() throws Exception {
        rig().apply();
        rig().describe(description -> {
            field(description, "Birthdate").put("type", "datetime");
            field(description, "Title").put("length", 20);
        });

        Said said = rig().plan();

        assertThat(said.exit()).isEqualTo(4);
        assertThat(said.about("drift: "))
                .anySatisfy(
                        line -> assertThat(line).contains("birthdate is date").contains("timestamptz"));
        assertThat(said.about("note: "))
                .anySatisfy(line -> assertThat(line).contains("title is character varying(128)"));
        assertThat(rig().apply().exit()).isZero();
        assertThat(rig().typeOf("birthdate")).isEqualTo("date");
    }

    // ---- what people do ----

    @Test
    void whatSomebodyDidInTheDatabaseIsToldOrMended() throws Exception {
        rig().node().close();
        rig().sql(
                        "alter table salesforce.contacts add column local_note text",
                        "alter table salesforce.contacts disable trigger all",
                        "update salesforce.contacts set title = 'x'",
                        "alter table salesforce.contacts alter column title set not null",
                        "alter table salesforce.contacts enable always trigger \"~penstock_guard_capture\"",
                        "alter table salesforce.contacts enable always trigger \"~penstock_guard_truncate\"",
                        "alter table salesforce.contacts alter column department type text",
                        "alter table salesforce.contacts alter column phone type varchar(3) using null",
                        "drop trigger \"~penstock_guard_row\" on salesforce.contacts",
                        "alter table salesforce.contacts owner to postgres",
                        "create table salesforce.stray (id text)");

        Said said = rig().plan();

        assertThat(said.exit()).isEqualTo(3);
        assertThat(said.about("drift: "))
                .anySatisfy(line -> assertThat(line).contains("title is NOT NULL here"))
                .anySatisfy(line ->
                        assertThat(line).contains("guard was missing or switched off (guard_commit, guard_row)"));
        assertThat(said.about("note: "))
                .anySatisfy(line -> assertThat(line).contains("column local_note is your own"))
                .anySatisfy(line -> assertThat(line).contains("department is text"));
        assertThat(said.statements())
                .contains(
                        "ALTER TABLE \"salesforce\".\"contacts\" OWNER TO penstock;",
                        "ALTER TABLE \"salesforce\".\"contacts\" ALTER COLUMN \"phone\" TYPE varchar(40);");

        assertThat(rig().apply().exit()).isZero();
        Said left = rig().plan();
        assertThat(left.exit()).as(left.text()).isEqualTo(4);
        assertThat(left.about("drift: "))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("title is NOT NULL"));
        assertThat(rig().typeOf("local_note")).isEqualTo("text");
        Said drop = rig().apply("salesforce.contacts.local_note", "salesforce.contacts.phone", "nobody.knows.this");
        assertThat(drop.exit()).as("a column of no table").isEqualTo(1);
        assertThat(drop.about("not dropped")).hasSize(2);
        assertThat(rig().typeOf("local_note")).isEqualTo("text");
    }

    @Test
    void whatIsNoTableIsLeftAlone() throws Exception {
        rig().sql("create schema salesforce", "create view salesforce.contacts as select 1 as id");

        Said said = rig().apply();

        assertThat(said.about("drift: "))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("no table"));
        assertThat(rig().plan().exit()).isEqualTo(4);
    }

    @Test
    void aTableThatSomebodyUsesIsGivenUpAndTheOthersAreMade() throws Exception {
        rig().apply();
        rig().describe(description -> field(description, "Title").put("length", 900));
        rig().sql("create view public.titles as select title from salesforce.contacts");
        var settings = rig().settings("postgres", "contacts { object = Contact }, accounts { object = Account }");

        Said said = SyncRig.run(settings, true);

        assertThat(said.exit()).isEqualTo(1);
        assertThat(said.errors())
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("salesforce.contacts: ").contains("used by a view"));
        assertThat(said.text()).contains("CREATE TABLE \"salesforce\".\"accounts\"");
        assertThat(rig().typeOf("title")).isEqualTo("character varying(128)");
    }

    // ---- nodes, tokens, failures ----

    @Test
    void aColumnOfLaterIsRefusedByTheNodeOfBefore() throws Exception {
        rig().describe(description -> remove(description, "Title"));
        try (Node node = rig().node();
                Connection client = rig().through(node);
                Statement statement = client.createStatement()) {
            rig().sandbox().faults().clear();
            Said said = rig().apply();
            assertThat(said.text()).contains("ADD COLUMN \"title\"").contains("start the nodes that run again");

            assertThat(statement.executeUpdate("insert into salesforce.contacts (last_name) values ('Idaho')"))
                    .isEqualTo(1);
            assertThatThrownBy(() -> statement.executeUpdate(
                            "insert into salesforce.contacts (last_name, title) values ('Hawat', 'Mentat')"))
                    .isInstanceOfSatisfying(PSQLException.class, refused -> {
                        assertThat(refused.getSQLState()).isEqualTo("55000");
                        assertThat(refused.getMessage()).contains("title").contains("not known to this node");
                    });
            assertThatThrownBy(() -> statement.executeUpdate("update salesforce.contacts set title = 'Duke'"))
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("55000"));
        }
        try (Node node = rig().node();
                Connection client = rig().through(node);
                Statement statement = client.createStatement()) {
            assertThat(rig().column("select title from salesforce.contacts where title is not null"))
                    .as("filled again with the new column")
                    .isNotEmpty();
            assertThat(statement.executeUpdate(
                            "insert into salesforce.contacts (last_name, title) values ('Hawat', 'Mentat')"))
                    .isEqualTo(1);
            assertThat(rig().sandbox().objects("Contact"))
                    .anySatisfy(contact ->
                            assertThat(contact.path("Title").asText()).isEqualTo("Mentat"));
        }
    }

    @Test
    void aTokenThatHasEndedIsRefreshedAndTheNodeGoesOn() throws Exception {
        try (Node node = rig().node();
                Connection client = rig().through(node);
                Statement statement = client.createStatement()) {
            rig().sandbox().expireTokens();

            assertThat(rig().plan().exit()).as(rig().plan().toString()).isZero();

            rig().sandbox().expireTokens();
            assertThat(rig().plan().exit()).isZero();
            assertThat(statement.executeUpdate("insert into salesforce.contacts (last_name) values ('Idaho')"))
                    .isEqualTo(1);
        }
        rig().sandbox().expireTokens();
        try (Node node = rig().node()) {
            assertThat(node.listenAddress())
                    .as("a node that begins with a token that has ended describes its tables all the same")
                    .isNotNull();
        }
    }

    @Test
    void anApiThatDoesNotAnswerIsAFailureAndNothingIsChanged() throws Exception {
        rig().apply();
        List<@Nullable String> before = rig().catalog();
        rig().sandbox()
                .faults()
                .always(FaultMatch.path("/describe"), new Fault.Status(503, Fault.Moment.BEFORE_COMMIT));

        Said plan = rig().plan();
        Said apply = rig().apply();

        assertThat(plan.exit()).isEqualTo(1);
        assertThat(apply.exit()).isEqualTo(1);
        assertThat(apply.errors())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("salesforce.contacts: salesforce"));
        assertThat(rig().catalog()).isEqualTo(before);
    }

    @Test
    void aDatabaseThatIsNotThereIsAFailure() throws Exception {
        rig().sql("select 1");
        var settings = rig().settings("nobody", "contacts { object = Contact }");

        Said said = SyncRig.run(settings, false);

        assertThat(said.exit()).isEqualTo(1);
        assertThat(said.errors())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("nobody"));
    }
}
