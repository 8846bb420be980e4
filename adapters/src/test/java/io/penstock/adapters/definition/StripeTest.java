package io.penstock.adapters.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.PermitCost;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.Resolution;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent to Stripe, and what its answers mean. */
class StripeTest {
    static final Api API =
            Api.described("stripe", Api.request("stripe", "customers", null, null, Map.of()), "", "cus_%d");

    private static final String ADA =
            "{'id':'cus_1','object':'customer','name':'Ada','email':null,'balance':-250,'created':1767323045,'livemode':false,"
                    + "'address':{'line1':null,'city':'London','country':'GB'},'metadata':{'plan':'gold'},'preferred_locales':['en'],"
                    + "'tax_exempt':'none','delinquent':false,'shipping':null}";

    @Test
    void everyRowIsARequestWithAKeyOfItsOwn() {
        Mutation two = API.insert("{'name':'Ada & Co','metadata':{'plan':'gold','x':1}}", "{'name':'Bob'}");
        List<ApiCall> calls = API.calls(two);

        assertThat(calls)
                .extracting(
                        call -> call.method() + " " + call.path() + " " + call.ordinals() + " " + call.idempotencyKey())
                .containsExactly("POST /v1/customers [0] " + Api.ID + ":0", "POST /v1/customers [1] " + Api.ID + ":1");
        assertThat(form(calls.getFirst())).isEqualTo("name=Ada & Co&metadata[plan]=gold&metadata[x]=1");
        assertThat(calls.getFirst().headers()).containsEntry("Idempotency-Key", Api.ID + ":0");
        assertThat(calls.getFirst().body().contentType()).isEqualTo("application/x-www-form-urlencoded");
        assertThat(calls.getFirst().costs())
                .containsExactly(new PermitCost("account", 1), new PermitCost("customers", 1));
    }

    @Test
    void placesDeeperDownAreWrittenInBracketsAndNullClears() {
        ApiCall call = API.call(API.update(
                "{'email':null,'address_city':'Paris','address_line2':null,'preferred_locales':['fr','en'],'metadata':{},"
                        + "'shipping':{'name':'A','address':{'city':'B'}},'balance':5}"));

        assertThat(call.method() + " " + call.path()).isEqualTo("POST /v1/customers/cus_1");
        assertThat(form(call))
                .isEqualTo("email=&address[city]=Paris&address[line2]=&preferred_locales[0]=fr&preferred_locales[1]=en"
                        + "&metadata=&shipping[name]=A&shipping[address][city]=B&balance=5");
    }

    @Test
    void theAnswerIsTheWholeRow() {
        Verdict verdict = API.parse(API.insert("{'name':'Ada'}"), 200, ADA);

        ObjectNode row = Objects.requireNonNull(
                ((RowOutcome.Applied) ((Verdict.Answered) verdict).outcomes().getFirst()).canonical());
        assertThat(row.path("created").textValue()).isEqualTo("2026-01-02T03:04:05+00:00");
        assertThat(row.path("address_city").textValue()).isEqualTo("London");
        assertThat(row.path("address_line1").isNull()).isTrue();
        assertThat(row.path("metadata")).isEqualTo(Api.json("{'plan':'gold'}"));
        assertThat(row.path("preferred_locales")).isEqualTo(Api.json("['en']"));
    }

    @Test
    void anAnswerOfOneRequestSaysNothingOfTheOtherRows() {
        Mutation two = API.insert("{'name':'Ada'}", "{'name':'Bob'}");
        ApiCall second = API.calls(two).get(1);

        assertThat(API.adapter().parse(two, second, Api.answer(200, ADA)))
                .isInstanceOfSatisfying(
                        Verdict.Answered.class,
                        answered -> assertThat(answered.outcomes())
                                .extracting(RowOutcome::ordinal)
                                .containsExactly(1));
        Rejection rejection = ((Failure.RequestRejected) API.adapter()
                        .parse(two, second, error(400, "email_invalid", "email", "Invalid email address: x")))
                .first();
        assertThat(rejection.ordinal()).isEqualTo(1);
    }

    @Test
    void whatIsDeletedIsGoneWhetherByUsOrBefore() {
        assertThat(API.call(API.delete(1)).idempotencyKey()).isNull();
        assertThat(API.parse(API.delete(1), 200, "{'id':'cus_1','object':'customer','deleted':true}"))
                .isEqualTo(new Verdict.Answered(List.of(new RowOutcome.Applied(0, "cus_1", null))));
        assertThat(API.parse(API.delete(1), 200, "{'id':'cus_1','object':'customer'}"))
                .isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(API.adapter()
                        .parse(
                                API.delete(1),
                                API.call(API.delete(1)),
                                error(404, "resource_missing", "id", "No such customer: 'cus_1'")))
                .isInstanceOf(Verdict.Answered.class);
    }

    @Test
    void aTombstoneIsNoRow() {
        ApiCall read = API.adapter().readBack(API.table(), List.of("cus_1")).getFirst();

        assertThat(Api.got(API.adapter().parseReadBack(API.table(), read, Api.answer(200, ADA))))
                .containsOnlyKeys("cus_1");
        assertThat(Api.got(API.adapter()
                        .parseReadBack(API.table(), read, Api.answer(200, "{'id':'cus_1','deleted':true}"))))
                .isEmpty();
        assertThat(API.adapter().parseReadBack(API.table(), read, Api.answer(200, "[]")))
                .isInstanceOf(Reading.Failed.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | email_invalid           | email         | Invalid email address: x          | FORMAT         | email",
                "400 | parameter_missing       | name          | Missing required param: name.     | REQUIRED       | name",
                "400 | parameter_unknown       | nmae          | Received unknown parameter: nmae  | UNKNOWN_COLUMN |",
                "400 |                         | address[city] | Invalid string; must be at most 5000 characters | TOO_LONG | address_city",
                "400 | resource_missing        | source        | No such token: 'tok_x'            | REFERENCE      |",
                "404 | resource_missing        | id            | No such customer: 'cus_1'         | NOT_FOUND      |",
                "402 | card_declined           |               | Your card was declined.           | RULE           |",
                "403 |                         |               | This key may not do this.         | FORBIDDEN      |",
                "429 | lock_timeout            |               | This object cannot be accessed    | LOCKED         |",
            })
    void errorsAreToldByCodeAndParameter(
            int status,
            @Nullable String code,
            @Nullable String parameter,
            String message,
            ErrorClass errorClass,
            @Nullable String column) {
        Mutation mutation = API.update("{'email':'x'}");
        Rejection rejection = ((Failure.RequestRejected)
                        API.adapter().parse(mutation, API.call(mutation), error(status, code, parameter, message)))
                .first();

        assertThat(rejection.errorClass()).isEqualTo(errorClass);
        assertThat(rejection.column()).isEqualTo(column);
    }

    @Test
    void whatStripeItselfDoesNotKnowIsNotKnown() {
        Mutation one = API.insert("{'name':'A'}");
        ApiCall call = API.call(one);

        assertThat(API.adapter().parse(one, call, error(500, null, null, "An unknown error occurred")))
                .isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(API.adapter().parse(one, call, error(409, "idempotency_key_in_use", null, "in use")))
                .isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(API.adapter().parse(one, call, error(429, "rate_limit", null, "Too many")))
                .isEqualTo(new Failure.RateLimited("account", Duration.ofSeconds(1), "Too many"));
        assertThat(API.adapter().parse(one, call, error(401, "api_key_expired", null, "Expired API Key")))
                .isEqualTo(new Failure.AuthRevoked("Expired API Key"));
    }

    @Test
    void aLostAnswerIsAskedForAgainWithTheSameKeys() {
        Mutation two = API.insert("{'name':'A'}", "{'name':'B'}");

        assertThat(Resolution.next(
                        API.adapter(), two, new Resolution.Facts(Instant.EPOCH, Instant.EPOCH.plusSeconds(1), null)))
                .isEqualTo(new Resolution.Step.Resend(API.calls(two)));
        Capabilities can = API.adapter().capabilities(API.table(), Operation.INSERT);
        assertThat(can.batch()).isEqualTo(Capabilities.Batch.FAN_OUT);
        assertThat(can.idempotency()).isEqualTo(Capabilities.Idempotency.KEY);
        assertThat(can.atomic()).isFalse();
        assertThat(API.adapter().auth()).isEqualTo(new AuthDescriptor.StaticToken());
    }

    @Test
    void aHundredRowsAreTheMost() {
        assertThat(API.calls(API.insert(Collections.nCopies(100, "{'name':'A'}").toArray(String[]::new))))
                .hasSize(100);
        assertThat(API.refusal(API.insert(
                                Collections.nCopies(101, "{'name':'A'}").toArray(String[]::new)))
                        .errorClass())
                .isEqualTo(ErrorClass.TOO_MANY);
    }

    @Test
    void pagesAreFollowedByTheLastKeyAsLongAsThereIsMore() {
        ApiCall list = API.adapter().list(API.table(), "cus_9");
        assertThat(list.path()).isEqualTo("/v1/customers?limit=100&starting_after=cus_9");

        assertThat(Api.got(API.adapter()
                                .parsePage(
                                        API.table(), list, Api.answer(200, "{'data':[" + ADA + "],'has_more':true}")))
                        .nextCursor())
                .isEqualTo("cus_1");
        assertThat(Api.got(API.adapter()
                                .parsePage(
                                        API.table(), list, Api.answer(200, "{'data':[" + ADA + "],'has_more':false}")))
                        .nextCursor())
                .isNull();
        assertThat(API.adapter().changes(API.table(), Instant.EPOCH, null).path())
                .isEqualTo("/v1/customers?limit=100");
    }

    private static String form(ApiCall call) {
        return URLDecoder.decode(call.body().text(), StandardCharsets.UTF_8);
    }

    private static io.penstock.adapters.ApiResponse error(
            int status, @Nullable String code, @Nullable String param, String message) {
        ObjectNode body = (ObjectNode) Api.json("{'error':{'type':'invalid_request_error'}}");
        ObjectNode error = (ObjectNode) body.path("error");
        error.put("message", message);
        if (code != null) {
            error.put("code", code);
        }
        if (param != null) {
            error.put("param", param);
        }
        return new io.penstock.adapters.ApiResponse(
                status, Map.of(), body.toString().getBytes(StandardCharsets.UTF_8));
    }
}
