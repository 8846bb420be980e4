package io.penstock.adapters.definition;

import static io.penstock.adapters.definition.AirtableTasks.API;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Body;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Grant;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Page;
import io.penstock.adapters.PermitCost;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import io.penstock.adapters.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent to Airtable, and what its answers mean. */
class AirtableTest {
    private static final String PATH = "/v0/appBase1234567890/Tasks%20%26%20more";

    @Test
    void newRowsGoInOneRequestAndComeBackWhole() {
        Mutation two = API.insert("{'name':'A','done':true,'tags':['x','y']}", "{'name':null,'effort':1.5}");
        ApiCall call = API.call(two);

        assertThat(call.method() + " " + call.path()).isEqualTo("POST " + PATH);
        assertThat(Api.json(call.body().text()))
                .isEqualTo(Api.json("{'records':[{'fields':{'Name':'A','Done':true,'Tags':['x','y'],'Penstock':'"
                        + Api.ID + ":0'}},{'fields':{'Effort':1.5,'Penstock':'" + Api.ID + ":1'}}],'typecast':false}"));
        assertThat(call.costs()).containsExactly(new PermitCost("base", 1), new PermitCost("account", 1));

        Verdict verdict = API.parse(
                two,
                200,
                "{'records':[{'id':'rec00000000000001','createdTime':'2026-01-02T03:04:05.000Z','fields':{'Name':'A','Done':true,"
                        + "'Tags':['x','y'],'Changed':'2026-01-02T03:04:05.000Z','No.':7,'Total':{'specialValue':'NaN'}}},"
                        + "{'id':'rec00000000000002','createdTime':'2026-01-02T03:04:05.000Z','fields':{'Effort':1.5,'Project':['rec00000000000009']}}]}");

        assertThat(((Verdict.Answered) verdict).outcomes())
                .satisfiesExactly(
                        first -> assertThat(((RowOutcome.Applied) first).canonical())
                                .hasToString(
                                        Api.text(
                                                "{'id':'rec00000000000001','created_time':'2026-01-02T03:04:05+00:00','name':'A','due_date':null,"
                                                        + "'done':true,'status':null,'tags':['x','y'],'project':null,'effort':null,'starts':null,'files':null,"
                                                        + "'total':{'specialValue':'NaN'},'changed':'2026-01-02T03:04:05+00:00','no':7,'next':null}")),
                        second -> {
                            ObjectNode row = Objects.requireNonNull(((RowOutcome.Applied) second).canonical());
                            assertThat(row.path("done").booleanValue())
                                    .as("what is left out is false")
                                    .isFalse();
                            assertThat(row.path("done").isBoolean()).isTrue();
                            assertThat(row.path("project")).isEqualTo(Api.json("['rec00000000000009']"));
                        });
    }

    @Test
    void anUpdateKeepsTheOtherFieldsAndClearsByNull() {
        ApiCall call =
                API.call(API.update("{'due_date':'2026-05-06','starts':'2026-05-06T07:08:09+00:00'}", "{'tags':null}"));

        assertThat(call.method() + " " + call.path()).isEqualTo("PATCH " + PATH);
        assertThat(Api.json(call.body().text()).path("records"))
                .isEqualTo(Api.json(
                        "[{'id':'rec00000000000001','fields':{'Due date':'2026-05-06','Starts':'2026-05-06T07:08:09.000Z'}},"
                                + "{'id':'rec00000000000002','fields':{'Tags':null}}]"));
    }

    @Test
    void aDeleteNamesItsRowsInTheQueryAlsoWhenThereIsOnlyOne() {
        assertThat(API.call(API.delete(1)).path()).isEqualTo(PATH + "?records%5B%5D=rec00000000000001");
        assertThat(API.call(API.delete(2)).path())
                .isEqualTo(PATH + "?records%5B%5D=rec00000000000001&records%5B%5D=rec00000000000002");
        assertThat(API.call(API.delete(2)).body()).isEqualTo(Body.EMPTY);

        assertThat(
                        API.parse(
                                API.delete(2),
                                200,
                                "{'records':[{'id':'rec00000000000002','deleted':true},{'id':'rec00000000000001','deleted':true}]}"))
                .isEqualTo(new Verdict.Answered(List.of(
                        new RowOutcome.Applied(0, "rec00000000000001", null),
                        new RowOutcome.Applied(1, "rec00000000000002", null))));
        assertThat(
                        API.parse(
                                API.delete(2),
                                200,
                                "{'records':[{'id':'rec00000000000002','deleted':false},{'id':'rec00000000000001','deleted':true}]}"))
                .isInstanceOf(Failure.UnknownOutcome.class);
    }

    @Test
    void theEleventhRowIsRefused() {
        String[] rows = Collections.nCopies(11, "{'name':'A'}").toArray(String[]::new);

        assertThat(API.refusal(API.insert(rows)).errorClass()).isEqualTo(ErrorClass.TOO_MANY);
        assertThat(API.refusal(API.update(rows)).errorClass()).isEqualTo(ErrorClass.TOO_MANY);
        assertThat(API.refusal(API.delete(11)).errorClass()).isEqualTo(ErrorClass.TOO_MANY);
        assertThat(API.table().limits()).isEqualTo(new RowLimits(10, 10, 10));
    }

    @Test
    void anUpsertMergesByItsFieldAndItsResultsAreFoundByTheValue() {
        Mutation two = API.upsert("name", "{'name':'A','effort':1}", "{'name':'B','effort':2}");

        assertThat(Api.json(API.call(two).body().text()).path("performUpsert"))
                .isEqualTo(Api.json("{'fieldsToMergeOn':['Name']}"));
        Verdict verdict = API.parse(
                two,
                200,
                "{'createdRecords':['rec00000000000005'],'updatedRecords':['rec00000000000001'],'records':["
                        + "{'id':'rec00000000000005','createdTime':'2026-01-02T03:04:05.000Z','fields':{'Name':'B'}},"
                        + "{'id':'rec00000000000001','createdTime':'2026-01-02T03:04:05.000Z','fields':{'Name':'A'}}]}");
        assertThat(((Verdict.Answered) verdict).outcomes())
                .extracting(outcome -> ((RowOutcome.Applied) outcome).key())
                .containsExactly("rec00000000000001", "rec00000000000005");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INVALID_VALUE_FOR_COLUMN | Field \"Effort\" cannot accept the provided value | FORMAT | effort",
                "INVALID_VALUE_FOR_COLUMN | Field \"Total\" cannot accept a value because the field is computed | READ_ONLY | total",
                "UNKNOWN_FIELD_NAME | Unknown field name: \"Gone\" | UNKNOWN_COLUMN |",
                "INVALID_MULTIPLE_CHOICE_OPTIONS | Insufficient permissions to create new select option \"\"x\"\" | FORMAT |",
                "ROW_DOES_NOT_EXIST | Record ID rec00000000000002 does not exist in this table | NOT_FOUND |",
                "INVALID_RECORDS | You can only update up to 10 records | TOO_MANY |",
                "SOMETHING_NEW | No | RULE |",
            })
    void errorsNameTheirFieldOrRowInTheMessage(String type, String message, ErrorClass errorClass, String column) {
        ObjectNode body = (ObjectNode) Api.json("{'error':{}}");
        ((ObjectNode) body.path("error")).put("type", type).put("message", message);

        Rejection rejection = refused(API.parse(API.update("{'effort':1}", "{'effort':2}"), 422, body.toString()));

        assertThat(rejection.errorClass()).isEqualTo(errorClass);
        assertThat(rejection.column()).isEqualTo(column);
        assertThat(rejection.code()).isEqualTo(type);
        assertThat(rejection.ordinal()).isEqualTo(errorClass == ErrorClass.NOT_FOUND ? Integer.valueOf(1) : null);
    }

    @Test
    void anErrorMayBeABareText() {
        assertThat(refused(API.parse(API.update("{'effort':1}"), 404, "{'error':'NOT_FOUND'}"))
                        .errorClass())
                .isEqualTo(ErrorClass.NOT_FOUND);
        assertThat(API.parse(API.delete(1), 404, "{'error':'NOT_FOUND'}"))
                .as("what is to be gone is gone")
                .isInstanceOf(Verdict.Answered.class);
        assertThat(refused(API.parse(API.delete(2), 404, "{'error':'NOT_FOUND'}"))
                        .errorClass())
                .isEqualTo(ErrorClass.NOT_FOUND);
    }

    @Test
    void aLimitKeepsTheBaseClosedForThirtySeconds() {
        String body =
                "{'errors':[{'error':'RATE_LIMIT_REACHED','message':'Rate limit exceeded. Please try again later'}]}";

        assertThat(API.parse(API.delete(1), 429, body)).isInstanceOfSatisfying(Failure.RateLimited.class, limited -> {
            assertThat(limited.bucket()).isEqualTo("base");
            assertThat(limited.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        });
        assertThat(API.adapter().limits(Api.answer(429, body)))
                .containsExactly(new LimitFeedback("base", 5, 0, Duration.ofSeconds(30)));
    }

    @Test
    void aServerThatIsBusyMayHaveWrittenButHasNotRead() {
        String body = "{'error':{'type':'SERVICE_UNAVAILABLE','message':'The service is temporarily unavailable.'}}";

        assertThat(API.parse(API.delete(1), 503, body)).isInstanceOf(Failure.UnknownOutcome.class);
        ApiCall read = API.adapter().readBack(API.table(), List.of(API.key(1))).getFirst();
        assertThat(API.adapter().parseReadBack(API.table(), read, Api.answer(503, body)))
                .isInstanceOfSatisfying(
                        Reading.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(Failure.Unavailable.class));
    }

    @Test
    void rowsAreReadOneByOneAndOneThatIsGoneIsNoFailure() {
        List<ApiCall> calls = API.adapter().readBack(API.table(), List.of(API.key(1), API.key(2), "no id"));

        assertThat(calls)
                .extracting(ApiCall::path)
                .containsExactly(PATH + "/rec00000000000001", PATH + "/rec00000000000002");
        assertThat(Api.got(API.adapter()
                        .parseReadBack(
                                API.table(),
                                calls.getFirst(),
                                Api.answer(200, "{'id':'rec00000000000001','fields':{'Name':'A'}}"))))
                .containsOnlyKeys("rec00000000000001");
        assertThat(Api.got(API.adapter()
                        .parseReadBack(API.table(), calls.get(1), Api.answer(404, "{'error':'NOT_FOUND'}"))))
                .isEmpty();
        assertThat(API.adapter()
                        .parseReadBack(
                                API.table(),
                                calls.get(1),
                                Api.answer(403, "{'error':{'type':'INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND'}}")))
                .as("whoever may not look does not know that it is gone")
                .isInstanceOf(Reading.Failed.class);
    }

    @Test
    void correlatedRowsAreFoundByAFormula() {
        Mutation one = API.insert("{'name':'A'}", "{'name':'B'}");
        ApiCall call = Objects.requireNonNull(API.adapter().findByCorrelation(one));
        assertThat(java.net.URLDecoder.decode(call.path(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("/v0/appBase1234567890/Tasks & more?pageSize=100&filterByFormula=FIND('" + Api.ID
                        + ":', {Penstock}) = 1");
        assertThat(Api.got(API.adapter()
                        .parseCorrelated(
                                one,
                                Api.answer(
                                        200,
                                        "{'records':[{'id':'rec00000000000001','fields':{'Penstock':'" + Api.ID
                                                + ":1'}}]}"))))
                .containsOnlyKeys(1);
        assertThat(API.adapter().parseCorrelated(one, Api.answer(200, "{'records':[],'offset':'itr/rec'}")))
                .isInstanceOf(Reading.Failed.class);
    }

    @Test
    void pagesAreFollowedByTheirOffset() {
        ApiCall list = API.adapter().list(API.table(), "itr1/rec2");

        assertThat(list.path()).isEqualTo(PATH + "?pageSize=100&offset=itr1%2Frec2");
        Page page = Api.got(
                API.adapter()
                        .parsePage(
                                API.table(),
                                list,
                                Api.answer(
                                        200,
                                        "{'records':[{'id':'rec00000000000001','fields':{'Changed':'2026-01-02T03:04:05.000Z'}},"
                                                + "{'id':'rec00000000000002','fields':{'Changed':'2026-01-01T00:00:00.000Z'}}],'offset':'x'}")));
        assertThat(page.nextCursor()).isEqualTo("x");
        assertThat(page.newest()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
        assertThat(API.adapter()
                        .changes(API.table(), Instant.parse("2026-01-02T03:04:05Z"), null)
                        .path())
                .endsWith(
                        "filterByFormula=IS_AFTER%28LAST_MODIFIED_TIME%28%29%2C+%272026-01-02T03%3A04%3A05.000Z%27%29");
    }

    @Test
    void aTableWithoutItsBaseCannotBeDescribed() {
        var request = Api.request("airtable", "Tasks & more", null, null, java.util.Map.of());

        assertThat(API.adapter().describe(request)).isEmpty();
        assertThat(API.adapter().parseDescription(request, List.of()).toString())
                .contains("MISSING_OPTION");
    }

    @Test
    void aRefreshTokenIsUsedOnceAndTheClientProvesItselfInTheHeader() {
        assertThat(API.adapter().auth())
                .isEqualTo(new AuthDescriptor.OAuthRefresh(
                        "https://airtable.com/oauth2/v1/token", true, true, Duration.ofMinutes(5)));
        TokenRequest request = API.adapter().refresh(new Grant("id", "secret", "token"));
        assertThat(request.headers()).containsEntry("Authorization", "Basic aWQ6c2VjcmV0");
        assertThat(request.body().text()).isEqualTo("grant_type=refresh_token&refresh_token=token");
        assertThat(API.adapter().refresh(new Grant("id", null, "token")).body().text())
                .isEqualTo("grant_type=refresh_token&refresh_token=token&client_id=id");
        assertThat(API.adapter().parseToken(Api.answer(400, "{'error':'invalid_grant','error_description':'used'}")))
                .isEqualTo(new TokenAnswer.Revoked("invalid_grant", "used"));
        assertThat(new DefinitionAdapter(BuiltIn.definition("airtable"), true).auth())
                .isEqualTo(new AuthDescriptor.StaticToken());
        assertThat(API.adapter().authorization("t")).containsEntry("Authorization", "Bearer t");
    }

    @Test
    void whatTheApiNormalisesIsStillWhatWasAskedFor() {
        var change = API.update("{'name':' A ','done':false,'tags':[],'starts':'2026-05-06T07:08:09.123+00:00'}")
                .rows()
                .getFirst();

        assertThat(API.adapter().holds(API.table(), change, (ObjectNode)
                        Api.json("{'name':'A','done':false,'tags':null,'starts':'2026-05-06T07:08:09+00:00'}")))
                .isTrue();
        assertThat(API.adapter()
                        .holds(API.table(), change, (ObjectNode) Api.json("{'name':'B','done':false,'tags':null}")))
                .isFalse();
    }

    @Test
    void noVerbPromisesMoreThanTheApiDoes() {
        assertThat(API.adapter().capabilities(API.table(), Operation.INSERT).atomic())
                .isFalse();
        assertThat(API.adapter().capabilities(API.table(), Operation.UPDATE).returnsFullRow())
                .isTrue();
    }

    private static Rejection refused(Verdict verdict) {
        return ((Failure.RequestRejected) verdict).first();
    }
}
