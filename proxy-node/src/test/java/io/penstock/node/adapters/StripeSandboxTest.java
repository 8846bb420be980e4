package io.penstock.node.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Resolution;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.Verdict;
import io.penstock.adapters.definition.BuiltIn;
import io.penstock.adapters.definition.DefinitionAdapter;
import io.penstock.sandbox.StripeSandbox;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.stripe.StripeConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stripe's definition against the sandbox: what is sent is understood there, and what is answered is understood here. */
class StripeSandboxTest {
    private final StripeSandbox sandbox =
            StripeSandbox.start(StripeConfig.defaults().withData(130, 3).withLimits(StripeConfig.Limits.NONE));
    private final SandboxAccount customers = account("customers");

    @AfterEach
    void close() {
        customers.close();
        sandbox.close();
    }

    private SandboxAccount account(String object) {
        return new SandboxAccount(
                sandbox,
                new DefinitionAdapter(BuiltIn.definition("stripe"), true),
                "sk_test_sandbox",
                new TableRequest("stripe", object, object, List.of(), null, Map.of(), null, Map.of()));
    }

    @Test
    void rowsAreWrittenReadAndDeleted() {
        List<ObjectNode> two = customers.applied(customers.insert(
                "{'name':'Ada','email':'ada@example.test','metadata':{'plan':'gold'},'address_city':'London','balance':-250,"
                        + "'preferred_locales':['en','fr'],'shipping':{'name':'A','address':{'city':'B'}}}",
                "{'name':'Ünïcode & Söhne'}"));
        List<String> keys = two.stream().map(row -> row.path("id").textValue()).toList();
        assertThat(two.getFirst().path("address_city").textValue()).isEqualTo("London");
        assertThat(two.getFirst().path("preferred_locales")).hasSize(2);
        assertThat(two.getFirst().path("shipping").path("address").path("city").textValue())
                .isEqualTo("B");
        assertThat(two.getFirst().path("created").textValue()).endsWith("+00:00");
        assertThat(two.get(1).path("name").textValue()).isEqualTo("Ünïcode & Söhne");

        List<ObjectNode> changed = customers.applied(
                customers.update(keys, "{'email':null,'metadata':{},'shipping':null}", "{'balance':7}"));
        assertThat(changed.getFirst().path("email").isNull()).isTrue();
        assertThat(changed.getFirst().path("metadata")).isEmpty();
        assertThat(changed.getFirst().path("shipping").isNull()).isTrue();
        assertThat(changed.get(1).path("balance").intValue()).isEqualTo(7);

        customers.applied(customers.delete(keys));
        assertThat(customers.readBack(keys)).as("a tombstone is no row").isEmpty();
        customers.applied(customers.delete(keys));
        assertThat(customers
                        .send(customers.update(keys, "{'name':'A'}", "{'name':'B'}"))
                        .getFirst())
                .isInstanceOfSatisfying(
                        Failure.RequestRejected.class,
                        refused -> assertThat(refused.first().errorClass()).isEqualTo(ErrorClass.NOT_FOUND));
    }

    @Test
    void productsAreWrittenReadAndDeleted() {
        try (SandboxAccount products = account("products")) {
            List<ObjectNode> one =
                    products.applied(products.insert("{'name':'Kit','images':['https://x.test/a.png']}"));
            List<String> keys = List.of(one.getFirst().path("id").textValue());
            assertThat(products.applied(products.update(keys, "{'active':false}"))
                            .getFirst()
                            .path("active")
                            .booleanValue())
                    .isFalse();
            products.applied(products.delete(keys));
            assertThat(products.readBack(keys)).isEmpty();
        }
    }

    @Test
    void theFirstRowThatIsRefusedEndsAFanOutAndTheOthersStand() {
        int before = sandbox.objects("customer").size();
        List<Verdict> verdicts =
                customers.send(customers.insert("{'name':'A'}", "{'email':'no address'}", "{'name':'never sent'}"));

        assertThat(verdicts).hasSize(2);
        assertThat(verdicts.get(1)).isInstanceOfSatisfying(Failure.RequestRejected.class, refused -> {
            assertThat(refused.first().errorClass()).isEqualTo(ErrorClass.FORMAT);
            assertThat(refused.first().column()).isEqualTo("email");
            assertThat(refused.first().ordinal()).isEqualTo(1);
        });
        assertThat(sandbox.objects("customer")).hasSize(before + 1);
    }

    @Test
    void anAnswerThatIsLostIsAskedForAgainAndNothingIsDoubled() {
        int before = sandbox.objects("customer").size();
        sandbox.faults().next(new Fault.Drop(Fault.Moment.AFTER_COMMIT));
        Mutation lost = customers.insert("{'name':'A'}");
        assertThat(customers.send(lost)).first().isInstanceOf(Failure.UnknownOutcome.class);

        assertThat(customers.resolve(lost)).isInstanceOf(Resolution.Step.Resend.class);
        assertThat(customers.applied(lost)).hasSize(1);
        assertThat(sandbox.objects("customer")).hasSize(before + 1);
    }

    @Test
    void everyRowIsListedOnce() {
        assertThat(customers.list()).hasSize(130).doesNotHaveDuplicates();
    }
}
