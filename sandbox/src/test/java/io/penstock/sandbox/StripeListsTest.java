package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.stripe.StripeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists, searches and events. */
class StripeListsTest {
    private final TestClock clock = new TestClock();
    private final StripeSandbox sandbox = StripeSandbox.start(StripeConfig.defaults()
            .withData(0, 0)
            .withLimits(StripeConfig.Limits.NONE)
            .withTimes(new StripeConfig.Times(Duration.ofHours(24), Duration.ofSeconds(30)))
            .withClock(clock));
    private final StripeHttp stripe = new StripeHttp(sandbox);

    @AfterEach
    void close() {
        stripe.close();
        sandbox.close();
    }

    private static List<String> names(Answer answer) {
        List<String> names = new ArrayList<>();
        answer.body()
                .path("data")
                .forEach((JsonNode each) -> names.add(each.path("name").asText()));
        return names;
    }

    private List<String> create(String... names) {
        List<String> ids = new ArrayList<>();
        for (String name : names) {
            ids.add(stripe.create("name", name, "email", name.toLowerCase(java.util.Locale.ROOT) + "@example.com"));
            clock.advance(Duration.ofSeconds(10));
        }
        return ids;
    }

    @Test
    void theNewestFirstInBothDirections() {
        List<String> ids = create("A", "B", "C", "D", "E");
        assertThat(names(stripe.get("/customers?limit=2"))).containsExactly("E", "D");
        Answer middle = stripe.get("/customers?limit=2&starting_after=" + ids.get(3));
        assertThat(names(middle)).containsExactly("C", "B");
        assertThat(middle.body().path("has_more").asBoolean()).isTrue();
        Answer last = stripe.get("/customers?limit=2&starting_after=" + ids.get(1));
        assertThat(names(last)).containsExactly("A");
        assertThat(last.body().path("has_more").asBoolean()).isFalse();
        Answer back = stripe.get("/customers?limit=2&ending_before=" + ids.get(1));
        assertThat(names(back)).containsExactly("D", "C");
        assertThat(back.body().path("has_more").asBoolean()).isTrue();
    }

    @Test
    void whatAListRefuses() {
        assertThat(stripe.get("/customers?limit=101").at("error/message"))
                .isEqualTo("This value must be less than or equal to 100 (it currently is '101').");
        Answer gone = stripe.get("/customers?starting_after=cus_none");
        assertThat(gone.status()).isEqualTo(400);
        assertThat(gone.at("error/param")).isEqualTo("starting_after");
        assertThat(stripe.get("/customers?updated[gt]=1").at("error/code")).isEqualTo("parameter_unknown");
        assertThat(stripe.get("/customers?created[after]=1").at("error/param")).isEqualTo("created[after]");
        List<String> ids = create("A", "B");
        assertThat(stripe.get("/customers?starting_after=" + ids.get(0) + "&ending_before=" + ids.get(1))
                        .at("error/code"))
                .isEqualTo("parameters_exclusive");
    }

    @Test
    void byTimeOfCreationAndByEMail() {
        long start = clock.instant().getEpochSecond();
        create("A", "B", "C");
        assertThat(names(stripe.get("/customers?created[gt]=" + start))).containsExactly("C", "B");
        assertThat(names(stripe.get("/customers?created[gte]=" + start + "&created[lt]=" + (start + 20))))
                .containsExactly("B", "A");
        assertThat(names(stripe.get("/customers?created=" + (start + 10)))).containsExactly("B");
        assertThat(names(stripe.get("/customers?email=b@example.com"))).containsExactly("B");
        assertThat(names(stripe.get("/customers?email=B@example.com"))).isEmpty();
    }

    @Test
    void aSearchIsBehind() {
        create("Alpha");
        assertThat(names(search("name:'alpha'"))).isEmpty();
        clock.advance(Duration.ofSeconds(30));
        assertThat(names(search("name:'alpha'"))).containsExactly("Alpha");
    }

    private Answer search(String query) {
        return stripe.get("/customers/search?query=" + SandboxClient.encode(query));
    }

    @Test
    void theSearchLanguage() {
        create("Alpha", "Beta", "Gamma");
        stripe.create("name", "It's", "metadata[plan]", "team");
        clock.advance(Duration.ofMinutes(1));
        assertThat(names(search("name~'alp' OR email:\"beta@example.com\""))).containsExactly("Beta", "Alpha");
        assertThat(names(search("-email:null AND -name:'beta'"))).containsExactly("Gamma", "Alpha");
        assertThat(names(search("metadata['plan']:'team'"))).containsExactly("It's");
        assertThat(names(search("name:'it\\'s'"))).containsExactly("It's");
        assertThat(names(search("created>" + (clock.instant().getEpochSecond() - 80))))
                .containsExactly("It's", "Gamma");
        Answer page = stripe.get("/customers/search?limit=3&expand[]=total_count&query=created%3E1");
        assertThat(page.at("object")).isEqualTo("search_result");
        assertThat(page.at("total_count")).isEqualTo("4");
        assertThat(names(stripe.get("/customers/search?limit=3&query=created%3E1&page=" + page.at("next_page"))))
                .containsExactly("Alpha");
        for (String wrong : List.of(
                "name", "name:'x' AND", "balance:'1'", "name>'x'", "name~'xy'", "name:'a' AND name:'b' OR name:'c'")) {
            assertThat(search(wrong).status()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    void eventsGoBackThirtyDays() {
        String id = create("A").getFirst();
        stripe.post("/customers/" + id, "name", "B", "address[city]", "Porto");
        stripe.delete("/customers/" + id);
        Answer events = stripe.get("/events?types[]=customer.updated&types[]=customer.deleted");
        assertThat(events.at("data/0/type")).isEqualTo("customer.deleted");
        assertThat(events.at("data/1/data/previous_attributes/name")).isEqualTo("A");
        assertThat(events.at("data/1/data/object/name")).isEqualTo("B");
        assertThat(stripe.get("/events?type=customer.*").body().path("data").size())
                .isEqualTo(3);
        assertThat(stripe.get("/events/" + events.at("data/0/id")).at("type")).isEqualTo("customer.deleted");
        clock.advance(Duration.ofDays(31));
        assertThat(stripe.get("/events").body().path("data").isEmpty()).isTrue();
        assertThat(stripe.get("/events/" + events.at("data/0/id")).status()).isEqualTo(404);
    }
}
