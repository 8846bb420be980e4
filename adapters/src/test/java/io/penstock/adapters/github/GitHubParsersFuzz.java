package io.penstock.adapters.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: no parser throws, and no answer makes more of the rows than it says. */
class GitHubParsersFuzz {
    private static final GitHub ISSUES = GitHub.issues("body", null);
    private static final List<Mutation> MUTATIONS = List.of(
            ISSUES.insert("{'title':'A','label_ids':['LA_1']}", "{'title':'B'}"),
            ISSUES.update("{'title':'A','milestone_id':null}", "{'body':'B'}"),
            ISSUES.delete(2));
    private static final List<GitHubAdapter> ADAPTERS = List.of(
            GitHub.PERSONAL,
            new GitHubAdapter(new GitHubSettings(new GitHubAuth.Installation(1))),
            new GitHubAdapter(new GitHubSettings(new GitHubAuth.User())));
    private static final int[] STATUSES = {200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 429, 502, 503, 0, -1};

    /** Well-formed answers of all kinds, to be damaged. */
    private static final List<String> SEEDS = List.of(
            "{'data':{'r0':{'issue':{'id':'I_1','number':7,'body':'a\\n\\n<!-- penstock:" + GitHub.ID
                    + ":0 -->','labels':{'nodes':[{'id':'LA_1','name':'bug'}]},'updatedAt':'2026-01-02T03:04:05Z'}},'r1':{'issue':{'id':'I_2'}}}}",
            "{'data':{'r0':{'issue':{'id':'I_1'}},'r1':null},'errors':[{'type':'NOT_FOUND','path':['r1'],'message':'Could not resolve to a node with the global id of \\u0027I_2\\u0027'}]}",
            "{'data':{'r0':null,'r1':null},'errors':[{'type':'UNPROCESSABLE','path':['r0'],'message':'Title can\\u0027t be blank'},{'type':'UNPROCESSABLE','path':['r1'],'message':'was submitted too quickly'}]}",
            "{'errors':[{'type':'RATE_LIMITED','message':'API rate limit exceeded'}]}",
            "{'data':{'repository':{'id':'R_1'},'rows':[{'id':'I_1'},null]},'errors':[{'type':'NOT_FOUND','path':['rows',1],'message':'m'}]}",
            "{'data':{'repository':{'rows':{'nodes':[{'id':'I_1','body':'<!-- penstock:" + GitHub.ID
                    + ":1 -->','createdAt':'2026-01-02T03:04:05Z','updatedAt':'2026-01-02T03:04:05Z'}],'pageInfo':{'hasNextPage':false,'endCursor':'c'}}}}}",
            "{'message':'Bad credentials','documentation_url':'https://x.test'}",
            "{'token':'ghs_1','expires_at':'2026-01-02T03:04:05Z'}",
            "{'access_token':'a','expires_in':28800,'refresh_token':'r'}",
            "{'error':'bad_refresh_token'}");

    private static final List<String> SPICE = List.of(
            "null",
            "true",
            "7",
            "-1e999999999",
            "''",
            "[]",
            "{}",
            "[[[[",
            "'\\uD800'",
            "\0",
            "9".repeat(1200),
            "'id':'");

    @FuzzTest(maxDuration = "60s")
    void noParserThrows(byte[] bytes) {
        parseAll(200, bytes);
        parseAll(bytes.length == 0 ? 0 : STATUSES[Byte.toUnsignedInt(bytes[0]) % STATUSES.length], bytes);
    }

    @Test
    void noParserThrowsOnDamagedAnswers() {
        Random random = new Random(42);
        Set<String> verdicts = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = damage(SEEDS.get(random.nextInt(SEEDS.size())), random);
            verdicts.addAll(parseAll(STATUSES[random.nextInt(STATUSES.length)], bytes));
        }
        assertThat(verdicts)
                .as("the damage leaves something of everything")
                .contains(
                        "Answered",
                        "RequestRejected",
                        "UnknownOutcome",
                        "TokenExpired",
                        "AuthRevoked",
                        "RateLimited",
                        "Unavailable");
    }

    private static byte[] damage(String seed, Random random) {
        StringBuilder text = new StringBuilder(seed);
        for (int i = random.nextInt(4); i > 0 && !text.isEmpty(); i--) {
            int from = random.nextInt(text.length());
            int to = Math.min(text.length(), from + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(from, to);
                case 1 -> text.insert(from, SPICE.get(random.nextInt(SPICE.size())));
                case 2 -> text.replace(from, to, SPICE.get(random.nextInt(SPICE.size())));
                case 3 -> text.insert(from, text.substring(from, to));
                default -> text.setLength(from);
            }
        }
        return text.toString().replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> parseAll(int status, byte[] bytes) {
        String header = new String(bytes, StandardCharsets.ISO_8859_1);
        ApiResponse response = new ApiResponse(
                status,
                Map.of(
                        "x-ratelimit-remaining", List.of("7"),
                        "x-ratelimit-limit", List.of(header),
                        "x-ratelimit-reset", List.of(header)),
                bytes);
        List<String> names = new ArrayList<>();
        for (GitHubAdapter adapter : ADAPTERS) {
            for (Mutation mutation : MUTATIONS) {
                Verdict verdict = adapter.parse(mutation, ISSUES.call(mutation), response);
                check(mutation, response, verdict);
                names.add(verdict.getClass().getSimpleName());
                if (adapter.parseCorrelated(mutation, response)
                        instanceof Reading.Got<Map<Integer, ObjectNode>>(var rows)) {
                    rows.forEach((ordinal, row) ->
                            adapter.holds(ISSUES.table(), mutation.rows().get(ordinal), row));
                }
            }
            var readBack =
                    adapter.readBack(ISSUES.table(), List.of("I_1", "I_2")).getFirst();
            assertThat(adapter.parseReadBack(ISSUES.table(), readBack, response))
                    .isNotNull();
            assertThat(adapter.parsePage(ISSUES.table(), adapter.list(ISSUES.table(), null), response))
                    .isNotNull();
            assertThat(adapter.parseDescription(
                            GitHub.request("issues", Map.of("repository", "a/b")), List.of(response)))
                    .isNotNull();
            assertThat(adapter.parseToken(response)).isNotNull();
            assertThat(adapter.limits(response)).isNotNull();
        }
        return names;
    }

    private static void check(Mutation mutation, ApiResponse response, Verdict verdict) {
        if (verdict instanceof Verdict.Answered(List<RowOutcome> outcomes)) {
            assertThat(response.successful()).isTrue();
            assertThat(outcomes).extracting(RowOutcome::ordinal).containsExactly(0, 1);
        } else if (verdict instanceof Failure.RequestRejected rejected) {
            assertThat(rejected.rejections())
                    .allSatisfy(rejection -> assertThat(rejection.ordinal() == null
                                    || rejection.ordinal() < mutation.rows().size())
                            .isTrue());
        }
    }
}
