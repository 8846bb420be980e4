package io.penstock.node.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Resolution;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.Verdict;
import io.penstock.adapters.definition.BuiltIn;
import io.penstock.adapters.definition.DefinitionAdapter;
import io.penstock.sandbox.HubSpotSandbox;
import io.penstock.sandbox.hubspot.HubSpotConfig;
import io.penstock.sandbox.server.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HubSpot's definition against the sandbox: what is sent is understood there, and what is answered is understood here. */
class HubSpotSandboxTest {
    private final HubSpotSandbox sandbox =
            HubSpotSandbox.start(HubSpotConfig.defaults().withData(130, 3, 3).withIndexLag(Duration.ZERO));
    private final SandboxAccount contacts = new SandboxAccount(
            sandbox,
            new DefinitionAdapter(BuiltIn.definition("hubspot"), true),
            "pat-na1-sandbox",
            new TableRequest(
                    "hubspot",
                    "contacts",
                    "contacts",
                    List.of(),
                    "penstock_mutation",
                    Map.of(),
                    new RowLimits(100, 100, 100),
                    Map.of()));

    @AfterEach
    void close() {
        contacts.close();
        sandbox.close();
    }

    @Test
    void rowsAreWrittenReadAndArchived() {
        List<ObjectNode> two = contacts.applied(
                contacts.insert("{'email':'ada@example.test','firstname':'Ada'}", "{'email':'bob@example.test'}"));
        List<String> keys = two.stream().map(row -> row.path("id").textValue()).toList();
        assertThat(two.getFirst().path("firstname").textValue()).isEqualTo("Ada");
        assertThat(two.get(1).path("firstname").isNull()).isTrue();

        List<ObjectNode> changed = contacts.applied(
                contacts.update(keys, "{'firstname':null,'lastname':'Ünï;code'}", "{'firstname':'Bob'}"));
        assertThat(changed.getFirst().path("firstname").isNull()).isTrue();
        assertThat(changed.getFirst().path("lastname").textValue()).isEqualTo("Ünï;code");

        contacts.applied(contacts.delete(keys));
        assertThat(contacts.readBack(keys)).isEmpty();
        contacts.applied(contacts.delete(keys));
    }

    @Test
    void oneRowOfSeveralThatIsRefusedIsToldBesideTheOthers() {
        Verdict verdict = contacts.send(contacts.insert("{'email':'ada@example.test'}", "{'email':'no address'}"))
                .getFirst();

        assertThat(((Verdict.Answered) verdict).outcomes())
                .satisfiesExactly(first -> assertThat(first).isInstanceOf(RowOutcome.Applied.class), second -> {
                    var rejection = ((RowOutcome.Rejected) second).rejection();
                    assertThat(rejection.errorClass()).isEqualTo(ErrorClass.FORMAT);
                    assertThat(rejection.column()).isEqualTo("email");
                });
    }

    @Test
    void anAddressThatIsTakenIsADuplicate() {
        contacts.applied(contacts.insert("{'email':'ada@example.test'}"));

        assertThat(contacts.send(contacts.insert("{'email':'ada@example.test'}"))
                        .getFirst())
                .isInstanceOfSatisfying(
                        Failure.RequestRejected.class,
                        refused -> assertThat(refused.first().errorClass()).isEqualTo(ErrorClass.DUPLICATE));
    }

    @Test
    void anUnknownRowOfAnUpdateIsToldByItsKey() {
        String key = contacts.list().getFirst().path("id").textValue();
        Verdict verdict = contacts.send(
                        contacts.update(List.of(key, "99999999"), "{'firstname':'A'}", "{'firstname':'B'}"))
                .getFirst();

        assertThat(((Verdict.Answered) verdict).outcomes().get(1))
                .isInstanceOfSatisfying(
                        RowOutcome.Rejected.class,
                        row -> assertThat(row.rejection().errorClass()).isEqualTo(ErrorClass.NOT_FOUND));
    }

    @Test
    void anUpsertUpdatesWhatIsThereAndInsertsWhatIsNot() {
        contacts.applied(contacts.insert("{'email':'ada@example.test','firstname':'Ada'}"));
        int before = sandbox.objects("contacts").size();

        List<ObjectNode> rows = contacts.applied(contacts.upsert(
                "email",
                "{'email':'ada@example.test','lastname':'Lovelace'}",
                "{'email':'new@example.test','lastname':'New'}"));

        assertThat(rows).extracting(row -> row.path("lastname").textValue()).containsExactly("Lovelace", "New");
        assertThat(rows.getFirst().path("firstname").textValue()).isEqualTo("Ada");
        assertThat(sandbox.objects("contacts")).hasSize(before + 1);
    }

    @Test
    void anInsertWhoseAnswerIsLostIsFoundByItsProperty() {
        sandbox.faults().next(new Fault.Drop(Fault.Moment.AFTER_COMMIT));
        Mutation lost = contacts.insert("{'email':'ada@example.test'}");
        assertThat(contacts.send(lost)).first().isInstanceOf(Failure.UnknownOutcome.class);

        assertThat(contacts.resolve(lost))
                .isInstanceOfSatisfying(
                        Resolution.Step.Settled.class,
                        settled -> assertThat(settled.applied()).hasSize(1));
        Mutation never = contacts.insert("{'email':'bob@example.test'}");
        assertThat(contacts.resolve(never))
                .isInstanceOfSatisfying(
                        Resolution.Step.Settled.class,
                        settled -> assertThat(settled.notApplied()).containsExactly(0));
    }

    @Test
    void everyRowIsListedOnceAndChangesAreFound() {
        assertThat(contacts.list()).hasSize(130).doesNotHaveDuplicates();
        Instant before = Instant.now().minusSeconds(60);
        List<ObjectNode> one = contacts.applied(contacts.insert("{'email':'ada@example.test'}"));

        assertThat(contacts.changes(before))
                .extracting(row -> row.path("id").textValue())
                .contains(one.getFirst().path("id").textValue());
    }

    @Test
    void aWrongTokenIsNotRefreshedForEver() {
        contacts.token("nonsense");

        assertThat(contacts.send(contacts.insert("{'email':'ada@example.test'}"))
                        .getFirst())
                .isInstanceOf(Failure.AuthRevoked.class);
    }
}
