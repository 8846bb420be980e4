package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** sObject Collections: many records in one request. */
class SalesforceCollectionsTest {
    private static final String COLLECTIONS = "/composite/sobjects";

    private final SalesforceSandbox sandbox =
            SalesforceSandbox.start(SalesforceConfig.defaults().withData(2, 3));
    private final SalesforceClient client = new SalesforceClient(sandbox);

    @AfterEach
    void close() {
        client.close();
        sandbox.close();
    }

    private static String records(boolean allOrNone, String... fields) {
        return "{\"allOrNone\":" + allOrNone + ",\"records\":["
                + String.join(
                        ",",
                        java.util.Arrays.stream(fields)
                                .map(each -> "{\"attributes\":{\"type\":\"Contact\"}," + each + "}")
                                .toList())
                + "]}";
    }

    @Test
    void createsInTheOrderOfTheRequest() {
        Answer answer = client.post(
                COLLECTIONS,
                records(true, "\"LastName\":\"One\"", "\"LastName\":\"Two\",\"Email\":\"two@example.com\""));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasSize(2);
        assertThat(answer.at("/0/success")).isEqualTo("true");
        assertThat(answer.at("/0/id")).hasSize(18).startsWith("003");
        assertThat(sandbox.objects("Contact")).hasSize(5);
        assertThat(sandbox.objects("Contact").get(4).path("Id").asText()).isEqualTo(answer.at("/1/id"));
        assertThat(sandbox.dataRequests()).hasSize(1);
        assertThat(sandbox.dataRequests().getFirst().rows()).isEqualTo(2);
        assertThat(sandbox.dataRequests().getFirst().bodyText()).contains("two@example.com");
    }

    @Test
    void oneRefusedRecordUndoesAllWhenAllOrNone() {
        Answer answer = client.post(
                COLLECTIONS, records(true, "\"LastName\":\"Good\"", "\"LastName\":\"Bad\",\"Email\":\"no address\""));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/0/success")).isEqualTo("false");
        assertThat(answer.body().get(0).has("id")).isFalse();
        assertThat(answer.at("/0/errors/0/statusCode")).isEqualTo("ALL_OR_NONE_OPERATION_ROLLED_BACK");
        assertThat(answer.at("/1/errors/0/statusCode")).isEqualTo("INVALID_EMAIL_ADDRESS");
        assertThat(answer.at("/1/errors/0/message")).isEqualTo("Email: invalid email address: no address");
        assertThat(answer.at("/1/errors/0/fields/0")).isEqualTo("Email");
        assertThat(sandbox.objects("Contact")).hasSize(3);
    }

    @Test
    void oneRefusedRecordStandsAloneOtherwise() {
        Answer answer = client.post(COLLECTIONS, records(false, "\"LastName\":\"Good\"", "\"FirstName\":\"Nameless\""));
        assertThat(answer.at("/0/success")).isEqualTo("true");
        assertThat(answer.at("/1/errors/0/statusCode")).isEqualTo("REQUIRED_FIELD_MISSING");
        assertThat(sandbox.objects("Contact")).hasSize(4);
    }

    @Test
    void updatesAndRollsBackUpdates() {
        String one = sandbox.objects("Contact").get(0).path("Id").asText();
        String two = sandbox.objects("Contact").get(1).path("Id").asText();
        Answer done = client.patch(
                COLLECTIONS,
                records(true, "\"id\":\"" + one + "\",\"Title\":\"A\"", "\"id\":\"" + two + "\",\"Title\":\"B\""));
        assertThat(done.at("/1/id")).isEqualTo(two);
        assertThat(sandbox.objects("Contact").get(1).path("Title").asText()).isEqualTo("B");

        Answer refused = client.patch(
                COLLECTIONS,
                records(true, "\"id\":\"" + one + "\",\"Title\":\"C\"", "\"id\":\"003bogus\",\"Title\":\"D\""));
        assertThat(refused.at("/0/id")).isEqualTo(one);
        assertThat(refused.at("/0/errors/0/statusCode")).isEqualTo("ALL_OR_NONE_OPERATION_ROLLED_BACK");
        assertThat(refused.at("/1/errors/0/statusCode")).isEqualTo("MALFORMED_ID");
        assertThat(sandbox.objects("Contact").get(0).path("Title").asText()).isEqualTo("A");
    }

    @Test
    void deletesToTheRecycleBinAndSaysSoTheSecondTime() {
        String one = sandbox.objects("Contact").get(0).path("Id").asText();
        String two = sandbox.objects("Contact").get(1).path("Id").asText();
        Answer done = client.delete(COLLECTIONS + "?ids=" + one + "," + two + "&allOrNone=true");
        assertThat(done.at("/0/success")).isEqualTo("true");
        assertThat(sandbox.objects("Contact")).hasSize(1);
        assertThat(sandbox.deletedObjects("Contact")).hasSize(2);

        Answer again = client.delete(COLLECTIONS + "?ids=" + one);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.at("/0/errors/0/statusCode")).isEqualTo("ENTITY_IS_DELETED");

        Answer unknown = client.delete(COLLECTIONS + "?ids=003000000000000AAA");
        assertThat(unknown.at("/0/errors/0/statusCode")).isEqualTo("INVALID_CROSS_REFERENCE_KEY");
    }

    @Test
    void deletingAnAccountDeletesItsContacts() {
        String account = sandbox.objects("Account").get(0).path("Id").asText();
        client.delete(COLLECTIONS + "?ids=" + account);
        assertThat(sandbox.objects("Contact"))
                .noneMatch(contact -> contact.path("AccountId").asText().equals(account));
        assertThat(sandbox.deletedObjects("Contact")).isNotEmpty();
    }

    @Test
    void twoHundredRecordsAreAllowedAndOneMoreIsNot() {
        assertThat(client.post(COLLECTIONS, many(200)).body()).hasSize(200);
        Answer tooMany = client.post(COLLECTIONS, many(201));
        assertThat(tooMany.status()).isEqualTo(400);
        assertThat(tooMany.at("/0/errorCode")).isEqualTo("EXCEEDED_ID_LIMIT");
        assertThat(sandbox.objects("Contact")).hasSize(203);
    }

    private static String many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"attributes\":{\"type\":\"Contact\"},\"LastName\":\"L" + i + "\"}")
                .collect(Collectors.joining(",", "{\"records\":[", "]}"));
    }

    @Test
    void anUnknownFieldRefusesTheWholeRequest() {
        Answer answer = client.post(COLLECTIONS, records(false, "\"LastName\":\"Good\"", "\"LostName\":\"x\""));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/0/errorCode")).isEqualTo("INVALID_FIELD");
        assertThat(answer.at("/0/message")).isEqualTo("No such column 'LostName' on sobject of type Contact");
        assertThat(sandbox.objects("Contact")).hasSize(3);
    }

    @Test
    void retrievesInOrderWithNullForWhatIsNotThere() {
        String one = sandbox.objects("Contact").get(0).path("Id").asText();
        String two = sandbox.objects("Contact").get(1).path("Id").asText();
        String body = "{\"ids\":[\"" + two + "\",\"003000000000000AAA\",\"" + one.substring(0, 15)
                + "\"],\"fields\":[\"Id\",\"LastName\"]}";
        Answer posted = client.post(COLLECTIONS + "/Contact", body);
        assertThat(posted.status()).isEqualTo(200);
        assertThat(posted.at("/0/Id")).isEqualTo(two);
        assertThat(posted.body().get(1).isNull()).isTrue();
        assertThat(posted.at("/2/Id")).isEqualTo(one);
        assertThat(posted.at("/2/attributes/type")).isEqualTo("Contact");

        Answer got = client.get(COLLECTIONS + "/Contact?ids=" + one + "," + two + "&fields=Id,Email");
        assertThat(got.at("/1/Id")).isEqualTo(two);
    }

    @Test
    void upsertsByExternalIdAndSaysWhatItCreated() {
        String path = COLLECTIONS + "/Contact/Penstock_Mutation__c";
        Answer first = client.patch(path, records(true, "\"Penstock_Mutation__c\":\"m:1\",\"LastName\":\"Once\""));
        assertThat(first.at("/0/created")).isEqualTo("true");
        Answer second = client.patch(
                path,
                records(
                        true,
                        "\"Penstock_Mutation__c\":\"M:1\",\"LastName\":\"Twice\"",
                        "\"Penstock_Mutation__c\":\"m:2\",\"LastName\":\"New\""));
        assertThat(second.at("/0/created")).isEqualTo("false");
        assertThat(second.at("/0/id")).isEqualTo(first.at("/0/id"));
        assertThat(second.at("/1/created")).isEqualTo("true");
        assertThat(sandbox.objects("Contact")).hasSize(5);
    }

    @Test
    void everyRecordCanBeRefusedOnDemand() {
        sandbox.faults()
                .next(new io.penstock.sandbox.server.Fault.RefuseRecords(
                        "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: 003"));
        Answer answer = client.post(COLLECTIONS, records(true, "\"LastName\":\"Good\""));
        assertThat(answer.at("/0/errors/0/statusCode")).isEqualTo("UNABLE_TO_LOCK_ROW");
        assertThat(client.post(COLLECTIONS, records(true, "\"LastName\":\"Good\""))
                        .at("/0/success"))
                .isEqualTo("true");
    }
}
