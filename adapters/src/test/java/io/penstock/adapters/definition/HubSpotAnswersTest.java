package io.penstock.adapters.definition;

import static io.penstock.adapters.definition.HubSpotContacts.API;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Grant;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import io.penstock.adapters.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What HubSpot's answers mean. */
class HubSpotAnswersTest {
    private static final String REFERENCE = Api.ID + ":";

    @Test
    void aNewRowHasItsKeyAndIsReadBackAsTheAnswerHoldsOnlySomeProperties() {
        assertThat(API.parse(
                        API.insert("{'email':'a@b.test'}"),
                        201,
                        "{'id':'512','properties':{'email':'a@b.test'},'createdAt':'2026-01-02T03:04:05.678Z'}"))
                .isEqualTo(answered(new RowOutcome.Applied(0, "512", null)));
    }

    @Test
    void resultsOfNewRowsFindTheirRowsByTraceWhateverTheirOrder() {
        Mutation two = API.insert("{'email':'a'}", "{'email':'b'}");

        assertThat(API.parse(
                        two,
                        201,
                        "{'status':'COMPLETE','results':[{'id':'9','objectWriteTraceId':'" + REFERENCE
                                + "1','properties':{}},{'id':'8','objectWriteTraceId':'" + REFERENCE
                                + "0','properties':{}}]}"))
                .isEqualTo(answered(new RowOutcome.Applied(0, "8", null), new RowOutcome.Applied(1, "9", null)));
    }

    @Test
    void aMultiStatusTellsWhichRowsStandAndWhichWereRefused() {
        Mutation two = API.insert("{'email':'a'}", "{'email':'b'}");

        assertThat(API.parse(
                        two,
                        207,
                        "{'status':'COMPLETE','numErrors':1,'results':[{'id':'8','objectWriteTraceId':'" + REFERENCE
                                + "0','properties':{}}],'errors':[{'status':'error','category':'VALIDATION_ERROR','message':'Property values were not valid',"
                                + "'errors':[{'message':'Email address b is invalid','code':'INVALID_EMAIL','context':{'propertyName':['email']}}],"
                                + "'context':{'objectWriteTraceId':['" + REFERENCE + "1']}}]}"))
                .isEqualTo(
                        answered(
                                new RowOutcome.Applied(0, "8", null),
                                new RowOutcome.Rejected(
                                        1,
                                        new Rejection(
                                                ErrorClass.FORMAT,
                                                1,
                                                "email",
                                                "INVALID_EMAIL",
                                                "Key (email)=(b) is not a value that the API takes: Email address b is invalid."))));
    }

    @Test
    void oneErrorMayNameSeveralRows() {
        Verdict verdict = API.parse(
                API.update("{'email':'a'}", "{'email':'b'}", "{'email':'c'}"),
                207,
                "{'status':'COMPLETE','results':[{'id':'2','properties':{}}],'numErrors':1,'errors':[{'status':'error',"
                        + "'category':'OBJECT_NOT_FOUND','message':'Could not get some CONTACT objects','context':{'ids':['1','3']}}]}");

        assertThat(((Verdict.Answered) verdict).outcomes())
                .satisfiesExactly(
                        first -> assertThat(((RowOutcome.Rejected) first)
                                        .rejection()
                                        .errorClass())
                                .isEqualTo(ErrorClass.NOT_FOUND),
                        second -> assertThat(second).isEqualTo(new RowOutcome.Applied(1, "2", null)),
                        third -> assertThat(((RowOutcome.Rejected) third)
                                        .rejection()
                                        .message())
                                .isEqualTo("Key (id)=(3) no longer exists at the API."));
    }

    @Test
    void aRowOfWhichNothingIsSaidMayHaveBeenWritten() {
        Mutation two = API.update("{'email':'a'}", "{'email':'b'}");

        assertThat(API.parse(two, 200, "{'status':'COMPLETE','results':[{'id':'1','properties':{}}]}"))
                .isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(API.parse(two, 200, "{'status':'COMPLETE','results':[{'id':'1'},{'id':'77'}]}"))
                .isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(API.parse(two, 200, "<html>")).isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(API.parse(two, 502, "<html>")).isInstanceOf(Failure.UnknownOutcome.class);
    }

    @Test
    void anArchiveWithoutABodyIsDone() {
        assertThat(API.parse(API.delete(2), 204, ""))
                .isEqualTo(answered(new RowOutcome.Applied(0, "1", null), new RowOutcome.Applied(1, "2", null)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INVALID_OPTION  | lifecyclestage | x was not one of the allowed options | FORMAT         | lifecyclestage",
                "PROPERTY_DOESNT_EXIST | gone     | Property gone does not exist         | UNKNOWN_COLUMN | ",
                "READ_ONLY_VALUE | num_notes      | num_notes is a read only property    | READ_ONLY      | num_notes",
                "INVALID_LONG    | annualrevenue  | x was not a valid long.              | FORMAT         | annualrevenue",
                "SOMETHING_NEW   | email          | No                                   | RULE           | email",
            })
    void theErrorInsideTheMessageNamesCodeAndProperty(
            String code, String property, String said, ErrorClass errorClass, String column) {
        String inside = "[{\\\"isValid\\\":false,\\\"message\\\":\\\"" + said + "\\\",\\\"error\\\":\\\"" + code
                + "\\\",\\\"name\\\":\\\"" + property + "\\\"}]";

        Rejection rejection = refused(API.parse(
                API.update("{'email':'a'}"),
                400,
                "{'status':'error','message':'Property values were not valid: " + inside
                        + "','correlationId':'c','category':'VALIDATION_ERROR'}"));

        assertThat(rejection.errorClass()).isEqualTo(errorClass);
        assertThat(rejection.column()).isEqualTo(column);
        assertThat(rejection.code()).isEqualTo(code);
        assertThat(rejection.message()).contains(errorClass == ErrorClass.READ_ONLY ? "cannot be written" : said);
    }

    @Test
    void aContactThatExistsIsADuplicateUnlessItIsOurOwn() {
        Rejection rejection = refused(
                API.parse(
                        API.insert("{'email':'a@b.test'}"),
                        409,
                        "{'status':'error','message':'Contact already exists. Existing ID: 37765128953','correlationId':'c','category':'CONFLICT'}"));
        assertThat(rejection.errorClass()).isEqualTo(ErrorClass.DUPLICATE);
        assertThat(rejection.message()).isEqualTo("Contact already exists. Existing ID: 37765128953.");

        assertThat(API.parse(
                        API.insert("{'email':'a@b.test'}"),
                        409,
                        "{'status':'error','category':'CONFLICT','message':'77 already has that value " + REFERENCE
                                + "0'}"))
                .as("an earlier copy of the request was applied")
                .isInstanceOf(Failure.UnknownOutcome.class);
    }

    @Test
    void limitsSayWhichOfThemWasPassed() {
        assertThat(
                        API.parse(
                                API.delete(1),
                                429,
                                "{'status':'error','message':'You have reached your daily limit.','errorType':'RATE_LIMIT','policyName':'DAILY'}"))
                .isEqualTo(new Failure.RateLimited("daily", null, "You have reached your daily limit."));
        assertThat(
                        API.parse(
                                API.delete(1),
                                429,
                                "{'status':'error','message':'You have reached your ten_secondly_rolling limit.','policyName':'TEN_SECONDLY_ROLLING'}"))
                .isEqualTo(new Failure.RateLimited(
                        "ten_seconds", Duration.ofSeconds(10), "You have reached your ten_secondly_rolling limit."));
        assertThat(API.adapter()
                        .limits(Api.answer(
                                200,
                                Map.of(
                                        "X-HubSpot-RateLimit-Max", List.of("190"),
                                        "X-HubSpot-RateLimit-Remaining", List.of("188")),
                                "{}")))
                .containsExactly(new LimitFeedback("ten_seconds", 190, 188, null));
        assertThat(API.adapter().limits(Api.answer(429, "{'policyName':'TEN_SECONDLY_ROLLING'}")))
                .containsExactly(new LimitFeedback("ten_seconds", 190, 0, Duration.ofSeconds(10)));
    }

    @Test
    void anExpiredTokenIsToldFromARefusedOne() {
        assertThat(API.parse(
                        API.delete(1),
                        401,
                        "{'category':'EXPIRED_AUTHENTICATION','message':'expired 7 second(s) ago.'}"))
                .isInstanceOf(Failure.TokenExpired.class);
        assertThat(API.parse(API.delete(1), 401, "{'category':'INVALID_AUTHENTICATION','message':'bad'}"))
                .isEqualTo(new Failure.AuthRevoked("bad"));
        assertThat(refused(API.parse(API.delete(1), 403, "{'category':'MISSING_SCOPES','message':'scopes'}"))
                        .errorClass())
                .isEqualTo(ErrorClass.FORBIDDEN);
    }

    @Test
    void aRowThatIsReadHasAllItsTypes() {
        ApiCall call = API.adapter().readBack(API.table(), List.of("1", "2")).getFirst();

        Map<String, ObjectNode> rows = Api.got(API.adapter()
                .parseReadBack(
                        API.table(),
                        call,
                        Api.answer(
                                207,
                                "{'status':'COMPLETE','results':[{'id':'1','createdAt':'2026-01-02T03:04:05.678Z','updatedAt':'2026-01-02T03:04:06Z','properties':"
                                        + "{'email':'a@b.test','firstname':'','annualrevenue':'12.50','closedate':'2026-01-02T03:04:05Z','date_of_birth':'1999-12-31',"
                                        + "'opted_in':'false','interests':'a;b','num_notes':'3','lifecyclestage':null}}],"
                                        + "'errors':[{'category':'OBJECT_NOT_FOUND','context':{'ids':['2']}}]}")));

        assertThat(rows).containsOnlyKeys("1");
        assertThat(rows.get("1"))
                .hasToString(
                        Api.text(
                                "{'id':'1','created_at':'2026-01-02T03:04:05.678+00:00','updated_at':'2026-01-02T03:04:06+00:00',"
                                        + "'email':'a@b.test','firstname':null,'annualrevenue':12.50,'closedate':'2026-01-02T03:04:05+00:00',"
                                        + "'date_of_birth':'1999-12-31','opted_in':false,'interests':['a','b'],'lifecyclestage':null,'num_notes':3,'hs_object_id':null}"));
    }

    @Test
    void anAnswerThatIsNotWholeIsNotTakenForNoSuchRow() {
        ApiCall call = API.adapter().readBack(API.table(), List.of("1", "2")).getFirst();

        assertThat(API.adapter()
                        .parseReadBack(API.table(), call, Api.answer(200, "{'status':'PROCESSING','results':[]}")))
                .isInstanceOf(Reading.Failed.class);
    }

    @Test
    void aDateInMillisecondsIsTheDayInUtc() {
        ApiCall call = API.adapter().readBack(API.table(), List.of("1")).getFirst();

        Map<String, ObjectNode> rows = Api.got(
                API.adapter()
                        .parseReadBack(
                                API.table(),
                                call,
                                Api.answer(
                                        200,
                                        "{'status':'COMPLETE','results':[{'id':'1','properties':{'date_of_birth':'1572480000000','closedate':'1572480000000'}}]}")));

        ObjectNode row = Objects.requireNonNull(rows.get("1"));
        assertThat(row.path("date_of_birth").textValue()).isEqualTo("2019-10-31");
        assertThat(row.path("closedate").textValue()).isEqualTo("2019-10-31T00:00:00+00:00");
    }

    @Test
    void correlatedRowsComeBackByTheirOrdinal() {
        assertThat(Api.got(API.adapter()
                        .parseCorrelated(
                                API.insert("{'email':'a'}", "{'email':'b'}"),
                                Api.answer(
                                        207,
                                        "{'status':'COMPLETE','results':[{'id':'9','properties':{'penstock_mutation':'"
                                                + REFERENCE + "1','email':'b'}}],'errors':[{}]}"))))
                .containsOnlyKeys(1);
    }

    @Test
    void aSearchIsFollowedNoFurtherThanItAnswers() {
        ApiCall search = API.adapter().changes(API.table(), Instant.EPOCH, null);
        String body =
                "{'results':[{'id':'1','updatedAt':'2026-01-02T03:04:06Z','properties':{}}],'paging':{'next':{'after':'%s'}}}";

        Page page = Api.got(API.adapter().parsePage(API.table(), search, Api.answer(200, body.formatted("9900"))));
        assertThat(page.nextCursor()).isEqualTo("9900");
        assertThat(page.newest()).isEqualTo(Instant.parse("2026-01-02T03:04:06Z"));
        assertThat(Api.got(API.adapter().parsePage(API.table(), search, Api.answer(200, body.formatted("10000"))))
                        .nextCursor())
                .isNull();
        assertThat(Api.got(API.adapter()
                                .parsePage(
                                        API.table(),
                                        API.adapter().list(API.table(), null),
                                        Api.answer(200, body.formatted("10000"))))
                        .nextCursor())
                .isEqualTo("10000");
    }

    @Test
    void tokensAreRefreshedByTheClock() {
        assertThat(API.adapter().auth())
                .isEqualTo(new AuthDescriptor.OAuthRefresh(
                        "https://api.hubapi.com/oauth/v3/token", false, true, Duration.ofMinutes(2)));
        TokenRequest request = API.adapter().refresh(new Grant("id", "secret", "token"));
        assertThat(request.body().text())
                .isEqualTo("grant_type=refresh_token&refresh_token=token&client_id=id&client_secret=secret");
        assertThat(API.adapter()
                        .parseToken(Api.answer(200, "{'access_token':'a','refresh_token':'r','expires_in':1800}")))
                .isEqualTo(new TokenAnswer.Granted("a", "r", null, Duration.ofMinutes(30)));
        assertThat(API.adapter()
                        .parseToken(Api.answer(
                                400, "{'status':'BAD_REFRESH_TOKEN','message':'missing or invalid refresh token'}")))
                .isEqualTo(new TokenAnswer.Revoked("BAD_REFRESH_TOKEN", "missing or invalid refresh token"));
        assertThat(API.adapter().parseToken(Api.answer(503, "")))
                .isEqualTo(new TokenAnswer.Failed("The login server answered 503."));
    }

    private static Verdict answered(RowOutcome... outcomes) {
        return new Verdict.Answered(List.of(outcomes));
    }

    private static Rejection refused(Verdict verdict) {
        return ((Failure.RequestRejected) verdict).first();
    }
}
