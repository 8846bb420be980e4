package io.penstock.adapters.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer says about each row, and what it leaves open. */
class GitHubAnswersTest {
    private static final String WHOLE =
            "{'id':'I_1','number':7,'title':'A','body':'','state':'CLOSED','stateReason':'COMPLETED','author':{'login':'ada'},"
                    + "'labels':{'nodes':[{'id':'LA_1','name':'bug'},{'id':'LA_2','name':'slow'}]},'assignees':{'nodes':[]},"
                    + "'milestone':null,'locked':false,'url':'https://x.test/7','fullDatabaseId':'12345678901',"
                    + "'createdAt':'2026-01-02T03:04:05Z','updatedAt':'2026-01-02T03:04:06Z','closedAt':null}";

    private final GitHub issues = GitHub.issues();
    private final Mutation two = issues.update("{'title':'A'}", "{'title':'B'}");

    @Test
    void canonicalRows() {
        Verdict verdict = issues.parse(issues.insert("{'title':'A'}"), 200, "{'data':{'r0':{'issue':" + WHOLE + "}}}");

        RowOutcome.Applied applied =
                (RowOutcome.Applied) ((Verdict.Answered) verdict).outcomes().getFirst();
        assertThat(applied.key()).isEqualTo("I_1");
        // as texts, in which a number is the same whatever holds it
        assertThat(applied.canonical())
                .hasToString(GitHub.json(
                                "{'id':'I_1','number':7,'title':'A','body':null,'state':'CLOSED','state_reason':'COMPLETED','author':'ada',"
                                        + "'labels':['bug','slow'],'label_ids':['LA_1','LA_2'],'assignees':[],'assignee_ids':[],"
                                        + "'milestone':null,'milestone_id':null,'locked':false,'url':'https://x.test/7',"
                                        + "'database_id':12345678901,'created_at':'2026-01-02T03:04:05+00:00',"
                                        + "'updated_at':'2026-01-02T03:04:06+00:00','closed_at':null}")
                        .toString());
    }

    @Test
    void theMarkOfAnInsertIsNoPartOfTheText() {
        Verdict verdict = issues.parse(
                issues.insert("{'title':'A'}"),
                200,
                "{'data':{'r0':{'issue':{'id':'I_1','body':'Text\\n\\n<!-- penstock:" + GitHub.ID + ":0 -->'}}}}");

        assertThat(outcomes(verdict).getFirst()).isInstanceOfSatisfying(RowOutcome.Applied.class, row -> {
            ObjectNode canonical = row.canonical();
            assertThat(canonical).isNotNull();
            assertThat(String.valueOf(canonical)).contains("\"body\":\"Text\"");
        });
    }

    @Test
    void rowsThatWereRefusedStandBesideThoseThatWereNot() {
        Verdict verdict = issues.parse(
                two,
                200,
                "{'data':{'r0':{'issue':{'id':'I_1'}},'r1':null},'errors':[{'type':'UNPROCESSABLE','path':['r1'],'message':'Title is too long"
                        + " (maximum is 256 characters)'}]}");

        assertThat(outcomes(verdict))
                .satisfiesExactly(
                        first -> assertThat(first).isInstanceOf(RowOutcome.Applied.class),
                        second -> assertThat(((RowOutcome.Rejected) second).rejection())
                                .isEqualTo(
                                        new Rejection(
                                                ErrorClass.TOO_LONG,
                                                1,
                                                "title",
                                                "UNPROCESSABLE",
                                                "Key (title)=(B) is too long: Title is too long (maximum is 256 characters).")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "UNPROCESSABLE|Title can't be blank|REQUIRED|title|Key (title) is required.",
                "UNPROCESSABLE|Body is too long (maximum is 65536 characters)|TOO_LONG|body|Key (body)=(b) is too long: Body is"
                        + " too long (maximum is 65536 characters).",
                "UNPROCESSABLE|Assignees can have at most 10 users|RULE|assignee_ids|Key (assignee_ids) was refused: Assignees"
                        + " can have at most 10 users.",
                "UNPROCESSABLE|Something else|RULE||Something else.",
                "FORBIDDEN|Resource not accessible by integration|FORBIDDEN||Resource not accessible by integration.",
                "INSUFFICIENT_SCOPES|Your token has not been granted the required scopes|FORBIDDEN||Your token has not been"
                        + " granted the required scopes.",
                "NOT_FOUND|Could not resolve to a node with the global id of 'I_1'|NOT_FOUND||Key (id)=(I_1) no longer exists at"
                        + " the API.",
                "NOT_FOUND|Could not resolve to a node with the global id of 'LA_9'|REFERENCE|label_ids|Key"
                        + " (label_ids)=([\"LA_9\"]) refers to nothing that the API knows."
            })
    void errorsInTheWordsOfTheTable(String type, String message, ErrorClass errorClass, String column, String detail) {
        Mutation one = issues.update("{'title':'t','body':'b','label_ids':['LA_9']}");
        String said = message.replace("'", "\\u0027");

        Verdict verdict = issues.parse(
                one,
                200,
                "{'data':{'r0':null},'errors':[{'type':'" + type + "','path':['r0'],'message':'" + said + "'}]}");

        assertThat(verdict).isInstanceOfSatisfying(Failure.RequestRejected.class, refused -> {
            assertThat(refused.first().errorClass()).isEqualTo(errorClass);
            assertThat(refused.first().column()).isEqualTo(column);
            assertThat(refused.first().message()).isEqualTo(detail);
            assertThat(refused.first().code()).isEqualTo(type);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'data':{'r0':{'issue':{'id':'I_1'}}}}",
                "{'data':{'r0':{'issue':{'id':'I_1'}},'r1':null}}",
                "{'data':{'r0':{'issue':{'id':'I_1'}},'r1':null},'errors':[{'type':'INTERNAL','path':['r1'],'message':'m'}]}",
                "{'data':{'r0':{'issue':{'id':'I_1'}},'r1':null},'errors':[{'path':['r1'],'message':'Something went wrong'}]}",
                "{'data':{'r0':{'issue':{'id':'I_1'}},'r1':null},'errors':[{'type':'FORBIDDEN','path':['r1','issue'],'message':'m'}]}",
                "{'data':{'r0':{'issue':{'id':'I_1'}},'r1':null},'errors':[{'type':'RESOURCE_LIMITS_EXCEEDED','path':['r1'],'message':'m'}]}",
                "{'data':{'r0':{'issue':{'id':'I_2'}},'r1':{'issue':{'id':'I_1'}}}}",
                "{'data':null,'errors':[{'message':'Something went wrong while executing your query.'}]}",
                "{'errors':[{'message':'Something went wrong while executing your query.'}]}",
                "{'data':[]}",
                "{}",
                "[]",
                "nothing"
            })
    void whatAnAnswerLeavesOpenIsUnknown(String body) {
        assertThat(issues.parse(two, 200, body)).isInstanceOf(Failure.UnknownOutcome.class);
    }

    @Test
    void aRowThatWasWrittenButCannotBeShownIsReadBackOrUnknown() {
        String body =
                "{'data':{'r0':{'issue':null}},'errors':[{'type':'FORBIDDEN','path':['r0','issue','author'],'message':'m'}]}";

        assertThat(outcomes(issues.parse(issues.update("{'title':'A'}"), 200, body)))
                .containsExactly(new RowOutcome.Applied(0, "I_1", null));
        assertThat(issues.parse(issues.insert("{'title':'A'}"), 200, body)).isInstanceOf(Failure.UnknownOutcome.class);
    }

    @Test
    void aDeletedRowIsGoneWhenAnotherShowsThatTheTokenSeesTheRepository() {
        String gone =
                "{'type':'NOT_FOUND','path':['r1'],'message':'Could not resolve to a node with the global id of \\u0027I_2\\u0027'}";

        assertThat(outcomes(issues.parse(
                        issues.delete(2),
                        200,
                        "{'data':{'r0':{'clientMutationId':null},'r1':null},'errors':[" + gone + "]}")))
                .containsExactly(new RowOutcome.Applied(0, "I_1", null), new RowOutcome.Applied(1, "I_2", null));
        assertThat(issues.parse(
                        issues.delete(2),
                        200,
                        "{'data':{'r0':null,'r1':null},'errors':[" + gone + "," + gone.replace("r1", "r0") + "]}"))
                .isInstanceOf(Failure.UnknownOutcome.class);
    }

    @Test
    void tooManyContentsAreALimitAndNoValidationError() {
        String error = "{'type':'UNPROCESSABLE','path':['r0'],'message':'was submitted too quickly'}";

        assertThat(issues.parse(issues.insert("{'title':'A'}"), 200, "{'data':{'r0':null},'errors':[" + error + "]}"))
                .isEqualTo(new Failure.RateLimited("content", Duration.ofMinutes(1), "was submitted too quickly."));
        Verdict partly = issues.parse(
                issues.insert("{'title':'A'}", "{'title':'B'}"),
                200,
                "{'data':{'r0':{'issue':{'id':'I_1'}},'r1':null},'errors':[" + error.replace("r0", "r1") + "]}");
        assertThat(((RowOutcome.Rejected) outcomes(partly).get(1)).rejection().errorClass())
                .isEqualTo(ErrorClass.RATE);
    }

    @Test
    void thePrimaryLimitIsToldInA200() {
        Map<String, List<String>> headers =
                Map.of("Date", List.of("Tue, 10 Sep 2024 17:30:00 GMT"), "x-ratelimit-reset", List.of("1725989460"));

        assertThat(issues.adapter()
                        .parse(
                                two,
                                issues.call(two),
                                GitHub.answer(
                                        200,
                                        headers,
                                        "{'errors':[{'type':'RATE_LIMITED','message':'API rate limit exceeded'}]}")))
                .isEqualTo(new Failure.RateLimited("hourly", Duration.ofSeconds(60), "API rate limit exceeded."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "401|{}||{'message':'Bad credentials'}|AuthRevoked[message=Bad credentials.]",
                "403|{}||{'message':'Resource protected by organization SAML enforcement'}|RequestRejected[rejections=[Rejection[FORBIDDEN, row null,"
                        + " null, HTTP_403]]]",
                "403|Retry-After|60|{'message':'You have exceeded a secondary rate limit'}|RateLimited[bucket=points,"
                        + " retryAfter=PT1M, message=You have exceeded a secondary rate limit.]",
                "403|X|1|{'message':'You have exceeded a secondary rate limit and have been temporarily blocked from content"
                        + " creation'}|RateLimited[bucket=content, retryAfter=PT1M, message=You have exceeded a secondary rate"
                        + " limit and have been temporarily blocked from content creation.]",
                "403|x-ratelimit-remaining|0|{'message':'API rate limit exceeded'}|RateLimited[bucket=hourly,"
                        + " retryAfter=null, message=API rate limit exceeded.]",
                "429|Retry-After|7|nothing|RateLimited[bucket=points, retryAfter=PT7S, message=GitHub answered 429.]",
                "404|{}||{}|RequestRejected[rejections=[Rejection[UNSUPPORTED, row null, null, HTTP_404]]]",
                "400|{}||{'message':'Problems parsing JSON'}|RequestRejected[rejections=[Rejection[RULE, row null, null,"
                        + " HTTP_400]]]",
                "301|{}||{}|Unavailable[message=GitHub answered 301: the account's base URL has moved.]",
                "408|{}||{}|UnknownOutcome[reason=the API answered 408]",
                "502|{}||{'data':null,'errors':[{'message':'This may be the result of a timeout'}]}|UnknownOutcome[reason=the"
                        + " API answered 502]",
                "503|{}||{}|UnknownOutcome[reason=the API answered 503]",
                "200|{}||{'errors':[{'message':'Variable $r0 was provided invalid value','extensions':{'value':{}}}]}|RequestRejected[rejections=[Rejection[RULE,"
                        + " row null, null, GRAPHQL_ERROR]]]"
            })
    void answersWithoutData(int status, String header, String value, String body, String verdict) {
        Map<String, List<String>> headers = value == null ? Map.of() : Map.of(header, List.of(value));

        assertThat(issues.adapter().parse(two, issues.call(two), GitHub.answer(status, headers, body)))
                .hasToString(verdict);
    }

    @Test
    void aTokenThatCanBeRefreshedHasExpired() {
        GitHubAdapter app = new GitHubAdapter(new GitHubSettings(new GitHubAuth.Installation(7)));

        assertThat(app.parse(two, issues.call(two), GitHub.answer(401, "{'message':'Bad credentials'}")))
                .isEqualTo(new Failure.TokenExpired());
    }

    private static List<RowOutcome> outcomes(Verdict verdict) {
        return ((Verdict.Answered) verdict).outcomes();
    }
}
