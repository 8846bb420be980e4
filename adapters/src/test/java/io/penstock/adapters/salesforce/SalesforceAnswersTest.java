package io.penstock.adapters.salesforce;

import static io.penstock.adapters.salesforce.Contacts.ADAPTER;
import static io.penstock.adapters.salesforce.Contacts.ONE;
import static io.penstock.adapters.salesforce.Contacts.TWO;
import static io.penstock.adapters.salesforce.Contacts.answer;
import static io.penstock.adapters.salesforce.Contacts.call;
import static io.penstock.adapters.salesforce.Contacts.insert;
import static io.penstock.adapters.salesforce.Contacts.mutation;
import static io.penstock.adapters.salesforce.Contacts.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for each row of the table in {@link SalesforceAnswers}, and the cases inside them. */
class SalesforceAnswersTest {
    private static final Mutation INSERT = insert(
            "{'last_name':'Atreides','email':'paul@dune.co'}", "{'last_name':'Harkonnen','email':'not an address'}");
    private static final Mutation UPDATE =
            mutation(Operation.UPDATE, Contacts.table(), "{'email':'paul@dune.co'}", "{'email':'x'}");
    private static final Mutation DELETE = mutation(Operation.DELETE, Contacts.table(), "{}", "{}");
    private static final Mutation PLAIN = mutation(
            Operation.INSERT,
            Contacts.table(null, new RowLimits(200, 200, 200)),
            "{'last_name':'Atreides'}",
            "{'last_name':'Harkonnen'}");

    private static final String BOTH =
            "[{'id':'" + ONE + "','success':true,'errors':[]},{'id':'" + TWO + "','success':true,'errors':[]}]";
    private static final String ROLLED_BACK =
            "{'success':false,'errors':[{'statusCode':'ALL_OR_NONE_OPERATION_ROLLED_BACK','message':'Record rolled"
                    + " back because not all records were valid','fields':[]}]}";
    private static final String BAD_EMAIL =
            "{'success':false,'errors':[{'statusCode':'INVALID_EMAIL_ADDRESS','message':'Email: invalid email address:"
                    + " not an address','fields':['Email']}]}";
    private static final String GONE =
            "{'id':'%s','success':false,'errors':[{'statusCode':'ENTITY_IS_DELETED','message':'entity is"
                    + " deleted','fields':[]}]}";
    private static final String HALTED =
            "[{'errorCode':'PROCESSING_HALTED','message':'The transaction was rolled back since another operation in"
                    + " the same transaction failed.'}]";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>maintenance</html>",
                "[",
                "null",
                "{}",
                "[]",
                "{'compositeResponse':[]}",
                "{'compositeResponse':7}",
                "{'compositeResponse':[{'referenceId':'write','httpStatusCode':200,'body':[]}]}",
                "[{'id':'003000000000001AAA','success':true,'errors':[]}]"
            })
    void anAnswerThatCannotBeReadLeavesTheOutcomeUnknown(String body) {
        for (Mutation mutation : List.of(INSERT, UPDATE, DELETE, PLAIN)) {
            assertThat(parse(mutation, 200, body)).isInstanceOf(Failure.UnknownOutcome.class);
        }
    }

    @Test
    void halfAnAnswerLeavesTheOutcomeUnknown() {
        String whole = composite(200, BOTH, 200, records());
        for (int length = 0; length < whole.length() - 1; length++) {
            assertThat(parse(INSERT, 200, whole.substring(0, length))).isInstanceOf(Failure.UnknownOutcome.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'success':true,'errors':[]},{'id':'003000000000002AAA','success':true,'errors':[]}]",
                "[{'id':'','success':true},{'id':'003000000000002AAA','success':true}]",
                "[{'id':7,'success':true},{'id':'003000000000002AAA','success':true}]",
                "[{'id':'003000000000001AAA','success':'true'},{'id':'003000000000002AAA','success':true}]"
            })
    void aSuccessWithoutAnIdLeavesTheOutcomeUnknown(String results) {
        assertThat(parse(PLAIN, 200, results)).isInstanceOf(Failure.UnknownOutcome.class);
    }

    @Test
    void insertedRowsComeBackAsTheApiHasThem() {
        Verdict verdict = parse(INSERT, 200, composite(200, BOTH, 200, records()));

        List<RowOutcome> outcomes = ((Verdict.Answered) verdict).outcomes();
        assertThat(outcomes)
                .containsExactly(
                        new RowOutcome.Applied(0, ONE, object("""
                            {'id':'003000000000001AAA','first_name':null,'last_name':'Atreides','email':'paul@dune.co','interests':['spice','power'],
                             'score':1.50,'opted_out':false,'met_at':null,'account_id':null,'name':'Atreides',
                             'created_date':'2026-01-02T03:04:05+00:00','system_modstamp':'2026-01-02T03:04:05+00:00'}\
                            """)), new RowOutcome.Applied(1, TWO, object("""
                                {'id':'003000000000002AAA','first_name':null,'last_name':'Harkonnen','email':null,'interests':null,
                                 'score':null,'opted_out':null,'met_at':null,'account_id':null,'name':null,
                                 'created_date':null,'system_modstamp':null}\
                                """)));
        assertThat(outcomes.getFirst().toString()).doesNotContain("Atreides");
    }

    @Test
    void insertedRowsAreFoundByIdWhateverTheOrderOfTheQuery() {
        String records =
                "{'done':true,'records':[{'Id':'" + TWO + "','LastName':'B'},{'Id':'" + ONE + "','LastName':'A'}]}";
        List<RowOutcome> outcomes =
                ((Verdict.Answered) parse(INSERT, 200, composite(200, BOTH, 200, records))).outcomes();
        assertThat(lastName(outcomes.get(0))).isEqualTo("A");
        assertThat(lastName(outcomes.get(1))).isEqualTo("B");
    }

    @Test
    void updatedRowsComeBackAsTheApiHasThem() {
        String records = "[{'Id':'" + ONE + "','LastName':'A'},{'Id':'" + TWO + "','LastName':'B'}]";
        List<RowOutcome> outcomes =
                ((Verdict.Answered) parse(UPDATE, 200, composite(200, BOTH, 200, records))).outcomes();
        assertThat(lastName(outcomes.get(0))).isEqualTo("A");
        assertThat(lastName(outcomes.get(1))).isEqualTo("B");
    }

    @Test
    void rowsThatTheReadDidNotBringHaveNoCanonicalValues() {
        String records = "[{'Id':'" + ONE + "','LastName':'A'},null]";
        List<RowOutcome> outcomes =
                ((Verdict.Answered) parse(UPDATE, 200, composite(200, BOTH, 200, records))).outcomes();
        assertThat(lastName(outcomes.get(0))).isEqualTo("A");
        assertThat(outcomes.get(1)).isEqualTo(new RowOutcome.Applied(1, TWO, null));
    }

    @Test
    void insertOutsideOfACompositeRequestBringsIdsOnly() {
        assertThat(parse(PLAIN, 201, BOTH))
                .isEqualTo(new Verdict.Answered(
                        List.of(new RowOutcome.Applied(0, ONE, null), new RowOutcome.Applied(1, TWO, null))));
    }

    @Test
    void oneBadRowRefusesTheStatementAndIsTheOneNamed() {
        String results = "[" + ROLLED_BACK + "," + BAD_EMAIL + "]";
        Failure.RequestRejected expected = new Failure.RequestRejected(new Rejection(
                ErrorClass.FORMAT,
                1,
                "email",
                "INVALID_EMAIL_ADDRESS",
                "Key (email)=(not an address) is not a valid email address."));

        assertThat(parse(INSERT, 200, composite(200, results, 400, HALTED))).isEqualTo(expected);
        assertThat(parse(INSERT, 200, composite(200, results, 200, "{'done':true,'records':[]}")))
                .isEqualTo(expected);
        assertThat(expected.toString()).doesNotContain("not an address");
    }

    @Test
    void everyErrorOfEveryRowIsKept() {
        String two =
                "{'success':false,'errors':[{'statusCode':'REQUIRED_FIELD_MISSING','message':'x','fields':['LastName']},{'statusCode':'STRING_TOO_LONG','message':'y"
                        + " (max length=40)','fields':['FirstName']}]}";
        Failure.RequestRejected rejected =
                (Failure.RequestRejected) parse(PLAIN, 200, "[" + two + "," + BAD_EMAIL + "]");
        assertThat(rejected.rejections())
                .extracting(Rejection::ordinal, Rejection::column)
                .containsExactly(tuple(0, "last_name"), tuple(0, "first_name"), tuple(1, "email"));
    }

    @Test
    void rowsThatAreAllRolledBackForNoReasonAreRefusedNevertheless() {
        Failure.RequestRejected rejected =
                (Failure.RequestRejected) parse(PLAIN, 200, "[" + ROLLED_BACK + "," + ROLLED_BACK + "]");
        assertThat(rejected.first().code()).isEqualTo("ALL_OR_NONE_OPERATION_ROLLED_BACK");
    }

    /** All or none was asked for; should the API do otherwise, nobody is told that nothing happened. */
    @Test
    void someAppliedAndSomeRefusedIsToldRowByRow() {
        List<RowOutcome> outcomes = ((Verdict.Answered)
                        parse(PLAIN, 200, "[{'id':'" + ONE + "','success':true}," + BAD_EMAIL + "]"))
                .outcomes();
        assertThat(outcomes.get(0)).isEqualTo(new RowOutcome.Applied(0, ONE, null));
        assertThat(outcomes.get(1)).isInstanceOf(RowOutcome.Rejected.class);
    }

    @Test
    void deletedRowsAreApplied() {
        assertThat(parse(DELETE, 200, BOTH))
                .isEqualTo(new Verdict.Answered(
                        List.of(new RowOutcome.Applied(0, ONE, null), new RowOutcome.Applied(1, TWO, null))));
    }

    @Test
    void rowsThatWereDeletedBeforeCountAsDeleted() {
        assertThat(parse(DELETE, 200, "[" + GONE.formatted(ONE) + "," + GONE.formatted(TWO) + "]"))
                .isEqualTo(new Verdict.Answered(
                        List.of(new RowOutcome.Applied(0, ONE, null), new RowOutcome.Applied(1, TWO, null))));
        assertThat(parse(DELETE, 200, "[" + GONE.formatted(ONE) + ",{'id':'" + TWO + "','success':true}]"))
                .isEqualTo(new Verdict.Answered(
                        List.of(new RowOutcome.Applied(0, ONE, null), new RowOutcome.Applied(1, TWO, null))));
    }

    /** The other row was rolled back, so the statement is not done; the gone row is named, so that it can be taken away here too. */
    @Test
    void aRowDeletedBeforeBesideOneRolledBackRefusesTheStatement() {
        Failure.RequestRejected rejected =
                (Failure.RequestRejected) parse(DELETE, 200, "[" + GONE.formatted(ONE) + "," + ROLLED_BACK + "]");
        assertThat(rejected.rejections())
                .containsExactly(new Rejection(
                        ErrorClass.NOT_FOUND,
                        0,
                        null,
                        "ENTITY_IS_DELETED",
                        "Key (id)=(" + ONE + ") no longer exists at the API."));
    }

    @Test
    void updateOfADeletedRowIsNotFound() {
        Failure.RequestRejected rejected = (Failure.RequestRejected)
                parse(UPDATE, 200, composite(200, "[" + GONE.formatted(ONE) + "," + ROLLED_BACK + "]", 400, HALTED));
        assertThat(rejected.first().errorClass()).isEqualTo(ErrorClass.NOT_FOUND);
    }

    @Test
    void aDuplicateOfItsOwnCorrelationMeansThatTheRowsAreThere() {
        String duplicate =
                "{'success':false,'errors':[{'statusCode':'DUPLICATE_VALUE','message':'duplicate value found:"
                        + " Penstock_Mutation__c duplicates value on record with id: 003000000000001','fields':[]}]}";
        assertThat(parse(INSERT, 200, composite(200, "[" + duplicate + "," + ROLLED_BACK + "]", 400, HALTED)))
                .isInstanceOf(Failure.UnknownOutcome.class);
    }

    @Test
    void writeHaltedByAFailedReadIsRefusedByWhatTheReadSays() {
        String noColumn =
                "[{'errorCode':'INVALID_FIELD','message':'No such column \\u0027Score__c\\u0027 on sobject of type"
                        + " Contact'}]";
        Failure.RequestRejected rejected =
                (Failure.RequestRejected) parse(INSERT, 200, composite(400, HALTED, 400, noColumn));
        assertThat(rejected.first().errorClass()).isEqualTo(ErrorClass.UNKNOWN_COLUMN);
        assertThat(rejected.first().column()).isEqualTo("score");
    }

    @Test
    void writeThatSucceededBesideAReadThatFailedLeavesTheOutcomeUnknown() {
        assertThat(parse(INSERT, 200, composite(200, BOTH, 400, HALTED))).isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(parse(INSERT, 200, composite(200, BOTH, 500, "[]"))).isInstanceOf(Failure.UnknownOutcome.class);
    }

    @Test
    void subrequestsHaveStatusesOfTheirOwn() {
        String required = "[{'errorCode':'REQUIRED_FIELD_MISSING','message':'Required fields are missing:"
                + " [LastName]','fields':['LastName']}]";
        Failure.RequestRejected rejected =
                (Failure.RequestRejected) parse(INSERT, 200, composite(400, required, 400, HALTED));
        assertThat(rejected.first().column()).isEqualTo("last_name");

        String limit = "[{'errorCode':'REQUEST_LIMIT_EXCEEDED','message':'TotalRequests Limit exceeded.'}]";
        assertThat(parse(INSERT, 200, composite(403, limit, 400, HALTED))).isInstanceOf(Failure.RateLimited.class);
        assertThat(parse(INSERT, 200, composite(400, HALTED, 403, limit))).isInstanceOf(Failure.RateLimited.class);
        assertThat(parse(INSERT, 200, composite(500, "[]", 400, HALTED))).isInstanceOf(Failure.UnknownOutcome.class);
        assertThat(parse(INSERT, 200, composite(0, "[]", 400, HALTED))).isInstanceOf(Failure.UnknownOutcome.class);
    }

    private static Verdict parse(Mutation mutation, int status, String body) {
        return ADAPTER.parse(mutation, call(mutation), answer(status, body));
    }

    private static String composite(int writeStatus, String write, int readStatus, String read) {
        return "{'compositeResponse':[{'body':" + write + ",'httpHeaders':{},'httpStatusCode':" + writeStatus
                + ",'referenceId':'write'},{'body':" + read + ",'httpHeaders':{},'httpStatusCode':" + readStatus
                + ",'referenceId':'read'}]}";
    }

    private static String records() {
        return """
            {'totalSize':2,'done':true,'records':[
              {'attributes':{'type':'Contact'},'Id':'003000000000001AAA','FirstName':null,'LastName':'Atreides','Email':'paul@dune.co',
               'Interests__c':'spice;power','Score__c':1.50,'HasOptedOutOfEmail':false,'MetAt__c':null,'AccountId':null,'Name':'Atreides',
               'CreatedDate':'2026-01-02T03:04:05.000+0000','SystemModstamp':'2026-01-02T03:04:05.000+0000',
               'Penstock_Mutation__c':'0198f0f0-1111-7222-8333-444455556666:0'},
              {'Id':'003000000000002AAA','LastName':'Harkonnen','Penstock_Mutation__c':'0198f0f0-1111-7222-8333-444455556666:1'}]}\
            """;
    }

    private static String lastName(RowOutcome outcome) {
        var canonical = ((RowOutcome.Applied) outcome).canonical();
        return canonical == null ? "" : canonical.path("last_name").asText();
    }
}
