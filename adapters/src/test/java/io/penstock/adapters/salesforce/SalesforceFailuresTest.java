package io.penstock.adapters.salesforce;

import static io.penstock.adapters.salesforce.Contacts.ADAPTER;
import static io.penstock.adapters.salesforce.Contacts.answer;
import static io.penstock.adapters.salesforce.Contacts.call;
import static io.penstock.adapters.salesforce.Contacts.insert;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Reading;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for each row of the table in {@link SalesforceFailures}. */
class SalesforceFailuresTest {
    private static final Mutation INSERT = insert("{'last_name':'A','email':'x'}");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "403|[{'message':'TotalRequests Limit exceeded.','errorCode':'REQUEST_LIMIT_EXCEEDED'}]|RateLimited",
                "503|[{'message':'TotalRequests Limit exceeded.','errorCode':'REQUEST_LIMIT_EXCEEDED'}]|UnknownOutcome",
                "401|[{'message':'Session expired or invalid','errorCode':'INVALID_SESSION_ID'}]|TokenExpired",
                "401|``|TokenExpired",
                "401|<html>|TokenExpired",
                "401|[{'message':'This session is not valid for use with the REST"
                        + " API','errorCode':'INVALID_SESSION_ID'}]|AuthRevoked",
                "401|[{'message':'Connected app is not attached to"
                        + " Agent','errorCode':'INVALID_SESSION_ID'}]|AuthRevoked",
                "401|[{'message':'INVALID_HEADER_TYPE','errorCode':'INVALID_AUTH_HEADER'}]|AuthRevoked",
                "300|['/services/data/v62.0/sobjects/Contact/003000000000001AAA']|RequestRejected",
                "302|``|Unavailable",
                "307|<html>|Unavailable",
                "408|``|UnknownOutcome",
                "429|``|RateLimited",
                "400|[{'message':'x','errorCode':'JSON_PARSER_ERROR'}]|RequestRejected",
                "400|<html>|RequestRejected",
                "403|[{'message':'no','errorCode':'INSUFFICIENT_ACCESS'}]|RequestRejected",
                "403|``|RequestRejected",
                "404|[{'message':'The requested resource does not exist','errorCode':'NOT_FOUND'}]|RequestRejected",
                "414|``|RequestRejected",
                "431|``|RequestRejected",
                "500|[{'message':'An unexpected error occurred.','errorCode':'UNKNOWN_EXCEPTION'}]|UnknownOutcome",
                "500|``|UnknownOutcome",
                "502|<html>|UnknownOutcome",
                "503|[{'message':'Server unavailable','errorCode':'SERVER_UNAVAILABLE'}]|UnknownOutcome",
                "503|<html>edge</html>|UnknownOutcome",
                "504|``|UnknownOutcome",
                "599|``|UnknownOutcome",
                "100|``|UnknownOutcome",
                "0|``|UnknownOutcome"
            })
    void statusAndBodyDecide(int status, String body, String expected) {
        assertThat(failure(status, body).getClass().getSimpleName()).isEqualTo(expected);
    }

    @Test
    void aReadThatTheApplicationCannotServeIsUnavailable() {
        String body = "[{'message':'Server unavailable','errorCode':'SERVER_UNAVAILABLE'}]";
        assertThat(ADAPTER.parsePage(Contacts.table(), ADAPTER.list(Contacts.table(), null), answer(503, body)))
                .isEqualTo(
                        new Reading.Failed<Page>(new Failure.Unavailable("The API is not available at the moment.")));
    }

    @ParameterizedTest
    @CsvSource({
        "400,RULE",
        "403,FORBIDDEN",
        "404,UNSUPPORTED",
        "405,UNSUPPORTED",
        "415,UNSUPPORTED",
        "409,RULE",
        "413,RULE"
    })
    void refusalWithoutAReasonIsClassedByItsStatus(int status, ErrorClass expected) {
        Failure.RequestRejected rejected = (Failure.RequestRejected) failure(status, "<html>");
        assertThat(rejected.first().errorClass()).isEqualTo(expected);
        assertThat(rejected.first().code()).isEqualTo("HTTP_" + status);
    }

    @Test
    void refusalOfTheOnlyRowNamesItsColumnAndValue() {
        Failure.RequestRejected rejected = (Failure.RequestRejected) failure(
                400,
                "[{'message':'Email: invalid email address:"
                        + " x','errorCode':'INVALID_EMAIL_ADDRESS','fields':['Email']}]");
        assertThat(rejected.first().ordinal()).isZero();
        assertThat(rejected.first().message()).isEqualTo("Key (email)=(x) is not a valid email address.");
    }

    @Test
    void aWaitIsTakenFromTheHeaderWhenItMakesSense() {
        assertThat(rateLimited("7").retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(rateLimited("99999999999999999999").retryAfter()).isNull();
        assertThat(rateLimited("-1").retryAfter()).isNull();
        assertThat(rateLimited("Wed, 21 Oct 2026 07:28:00 GMT").retryAfter()).isNull();
        assertThat(rateLimited("soon").retryAfter()).isNull();
    }

    @Test
    void aDateToWaitForIsReadByTheServersOwnClock() {
        String now = "Wed, 21 Oct 2026 07:28:00 GMT";
        assertThat(rateLimited("Wed, 21 Oct 2026 07:28:09 GMT", now).retryAfter())
                .isEqualTo(Duration.ofSeconds(9));
        assertThat(rateLimited("Wed, 21 Oct 2026 07:27:00 GMT", now).retryAfter())
                .isEqualTo(Duration.ZERO);
        assertThat(rateLimited("Fri, 31 Dec 9999 23:59:59 GMT", now).retryAfter())
                .isNull();
        assertThat(rateLimited("Wed, 21 Oct 2026 07:28:09 GMT", "today").retryAfter())
                .isNull();
    }

    @Test
    void concurrencyIsAnotherBucketThanTheDay() {
        Failure.RateLimited limited = (Failure.RateLimited) failure(
                403,
                "[{'message':'ConcurrentRequests (Concurrent API Requests) Limit"
                        + " exceeded.','errorCode':'REQUEST_LIMIT_EXCEEDED'}]");
        assertThat(limited.bucket()).isEqualTo("concurrent");
        assertThat(ADAPTER.buckets()).extracting(bucket -> bucket.name()).containsExactly("daily", "concurrent");
    }

    @Test
    void usageIsReadFromTheHeader() {
        assertThat(limits("api-usage=18/5000")).containsExactly(new LimitFeedback("daily", 5000, 4982, null));
        assertThat(limits("api-usage=18/5000; per-app-api-usage=17/250(appName=sample)"))
                .containsExactly(new LimitFeedback("daily", 5000, 4982, null));
        assertThat(limits("per-app-api-usage=17/250(appName=sample), api-usage=5001/5000"))
                .containsExactly(new LimitFeedback("daily", 5000, 0, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api-usage=",
                "api-usage=1/",
                "api-usage=99999999999999999999/1",
                "per-app-api-usage=1/2(appName=x)",
                "usage"
            })
    void otherHeadersSayNothing(String header) {
        assertThat(limits(header)).isEmpty();
    }

    private static List<LimitFeedback> limits(String header) {
        return ADAPTER.limits(new ApiResponse(200, Map.of("sforce-limit-info", List.of(header)), new byte[0]));
    }

    private static Failure.RateLimited rateLimited(String retryAfter, String date) {
        return (Failure.RateLimited) ADAPTER.parse(
                INSERT,
                call(INSERT),
                new ApiResponse(429, Map.of("retry-after", List.of(retryAfter), "date", List.of(date)), new byte[0]));
    }

    private static Failure.RateLimited rateLimited(String retryAfter) {
        return (Failure.RateLimited) ADAPTER.parse(
                INSERT, call(INSERT), new ApiResponse(429, Map.of("retry-after", List.of(retryAfter)), new byte[0]));
    }

    private static Failure failure(int status, String body) {
        return (Failure) ADAPTER.parse(INSERT, call(INSERT), answer(status, body));
    }
}
