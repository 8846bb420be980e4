package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import io.penstock.adapters.Bucket;
import io.penstock.adapters.definition.yaml.Mistake;
import io.penstock.adapters.definition.yaml.Mistakes;
import io.penstock.adapters.definition.yaml.Section;
import io.penstock.adapters.definition.yaml.Yaml;
import io.penstock.adapters.definition.yaml.YamlReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a definition, and tells everything that is wrong with it at once. */
public final class DefinitionReader {
    private static final Duration SERVER_TIMEOUT = Duration.ofMinutes(2);
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final Map<String, AuthRule.ClientAuth> CLIENT_AUTH =
            Map.of("body", AuthRule.ClientAuth.BODY, "basic", AuthRule.ClientAuth.BASIC);
    private static final Map<String, LimitRule.ResetAs> RESET_AS = Map.of(
            "seconds", LimitRule.ResetAs.SECONDS,
            "milliseconds", LimitRule.ResetAs.MILLISECONDS,
            "epoch_seconds", LimitRule.ResetAs.EPOCH_SECONDS);

    private final Section section;

    private DefinitionReader(Section section) {
        this.section = section;
    }

    /** What became of a document. */
    public sealed interface Outcome {
        record Read(Definition definition) implements Outcome {}

        /** @param mistakes at least one, in the order of their lines */
        record Wrong(List<Mistake> mistakes) implements Outcome {}
    }

    public static Outcome read(String yaml) {
        Mistakes mistakes = new Mistakes();
        Yaml document = YamlReader.read(yaml, mistakes);
        Definition definition = null;
        if (document instanceof Yaml.Mapping mapping) {
            definition = new DefinitionReader(new Section("", mapping, mistakes)).definition();
        } else if (document != null) {
            mistakes.add(document.line(), "", "a definition is a mapping with the keys api, base_url, auth, tables");
        }
        return definition == null || !mistakes.isEmpty()
                ? new Outcome.Wrong(mistakes.all())
                : new Outcome.Read(definition);
    }

    private Definition definition() {
        String api = section.requiredText("api");
        if (!api.isEmpty() && !NAME.matcher(api).matches()) {
            section.mistake("api", "is no plain name: small letters, digits and _");
        }
        String baseUrl = section.requiredText("base_url");
        if (!baseUrl.isEmpty() && !baseUrl.matches("https?://[^\\s?#]+")) {
            section.mistake("base_url", "is no URL such as https://api.example.com");
        }
        AuthRule auth = auth(section.required("auth") == null ? null : section.section("auth"));
        Duration timeout = section.duration("server_timeout");
        List<LimitRule> limits = limits();
        Set<String> buckets = new LinkedHashSet<>();
        limits.forEach(limit -> buckets.add(limit.name()));
        Section errors = section.section("errors");
        Values encoding = ValuesReader.read(section.section("encoding"), Values.PLAIN);
        ErrorRules errorRules = errors == null
                ? new ErrorRules(Finder.NOWHERE, Finder.NOWHERE, Finder.NOWHERE, Finder.NOWHERE, List.of())
                : ErrorsReader.read(errors, buckets);
        Map<String, String> headers = section.textMap("headers");
        section.required("tables");
        Map<String, TableRule> tables = section.each("tables", table -> TableReader.read(table, encoding, buckets));
        section.done();
        return new Definition(
                api, baseUrl, auth, headers, timeout == null ? SERVER_TIMEOUT : timeout, limits, errorRules, tables);
    }

    private static AuthRule auth(@Nullable Section section) {
        if (section == null) {
            return new AuthRule("Authorization", "Bearer " + AuthRule.TOKEN, null);
        }
        String header = section.text("header");
        String value = section.text("value");
        if (value != null && !value.contains(AuthRule.TOKEN)) {
            section.mistake("value", "does not say where the token stands: ${token}");
        }
        AuthRule.OAuth oauth = oauth(section.section("oauth"));
        section.done();
        return new AuthRule(
                header == null ? "Authorization" : header, value == null ? "Bearer " + AuthRule.TOKEN : value, oauth);
    }

    private static AuthRule.@Nullable OAuth oauth(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        AuthRule.ClientAuth clientAuth = section.choice("client_auth", CLIENT_AUTH);
        Duration before = section.duration("refresh_before");
        boolean onExpired = section.truth("refresh_on_expired", true);
        if (before == null && !onExpired) {
            section.mistake(
                    "refresh_on_expired", "is false, and there is no refresh_before: nothing would ever refresh");
        }
        Finder code = Pointers.finder(section, "error_code");
        Finder message = Pointers.finder(section, "error_message");
        AuthRule.OAuth oauth = new AuthRule.OAuth(
                section.requiredText("token_url"),
                clientAuth == null ? AuthRule.ClientAuth.BODY : clientAuth,
                section.truth("rotating", false),
                onExpired,
                before,
                Pointers.or(section, "access_token", "/access_token"),
                Pointers.or(section, "refresh_token", "/refresh_token"),
                Pointers.or(section, "expires_in", "/expires_in"),
                code.equals(Finder.NOWHERE) ? at("/error") : code,
                message.equals(Finder.NOWHERE) ? at("/error_description") : message,
                new LinkedHashSet<>(section.texts("revoked")));
        section.done();
        return oauth;
    }

    private static Finder at(String pointer) {
        return new Finder(List.of(new Finder.Place(JsonPointer.compile(pointer), null)));
    }

    private List<LimitRule> limits() {
        Map<String, LimitRule> limits = new LinkedHashMap<>();
        Section all = section.section("limits");
        if (all != null) {
            for (String name : all.keys()) {
                Section one = all.section(name);
                if (one != null) {
                    limits.put(name, limit(one, name));
                }
            }
        }
        return new ArrayList<>(limits.values());
    }

    private static LimitRule limit(Section section, String name) {
        int requests = section.number("requests", 1, 1, Integer.MAX_VALUE);
        Duration per = section.duration("per");
        int atOnce = section.number("at_once", 1, 1, 100_000);
        boolean window = section.has("requests") && section.has("per");
        if (window == section.has("at_once") || section.has("requests") != section.has("per")) {
            section.mistakes()
                    .add(
                            section.line(),
                            section.path(),
                            "has either requests and per, or at_once for calls at the same time");
        }
        Section cost = section.section("cost");
        LimitRule.Cost costs = new LimitRule.Cost(1, 1, 0);
        if (cost != null) {
            costs = new LimitRule.Cost(
                    cost.number("read", 0, 0, 100_000),
                    cost.number("write", 0, 0, 100_000),
                    cost.number("inserted_row", 0, 0, 100_000));
            cost.done();
        }
        Section headers = section.section("headers");
        LimitRule.Feedback feedback = null;
        if (headers != null) {
            LimitRule.ResetAs as = headers.choice("reset_as", RESET_AS);
            feedback = new LimitRule.Feedback(
                    headers.text("limit"),
                    headers.requiredText("remaining"),
                    headers.text("reset"),
                    as == null ? LimitRule.ResetAs.SECONDS : as);
            headers.done();
        }
        section.done();
        Bucket.Shape shape =
                per == null ? new Bucket.Shape.Concurrency(atOnce) : new Bucket.Shape.Window(requests, per);
        return new LimitRule(new Bucket(name, shape), costs, feedback);
    }
}
