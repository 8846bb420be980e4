package io.penstock.adapters.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.salesforce.SalesforceErrors.ApiError;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes of Salesforce as classes, and as sentences about the table's own columns. */
class SalesforceErrorsTest {
    private static final Mutation INSERT = Contacts.insert(
            "{'first_name':'Paul','last_name':null,'email':'not an address','score':1e30,'account_id':'x'}");
    private static final Mutation UPDATE =
            Contacts.mutation(Operation.UPDATE, Contacts.table(), "{'email':'paul@dune.co'}");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "REQUIRED_FIELD_MISSING|LastName|REQUIRED|last_name|Key (last_name) is required.",
                "DUPLICATE_VALUE|Email|DUPLICATE|email|Key (email)=(not an address) already exists.",
                "INVALID_CROSS_REFERENCE_KEY|AccountId|REFERENCE|account_id|Key (account_id)=(x) refers to nothing"
                        + " that the API knows.",
                "MALFORMED_ID|AccountId|REFERENCE|account_id|Key (account_id)=(x) refers to nothing that the API"
                        + " knows.",
                "INVALID_EMAIL_ADDRESS|Email|FORMAT|email|Key (email)=(not an address) is not a valid email address.",
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST|FirstName|FORMAT|first_name|Key (first_name)=(Paul) is not a"
                        + " value that the API takes: says Salesforce.",
                "STRING_TOO_LONG|FirstName|TOO_LONG|first_name|Key (first_name)=(Paul) is too long.",
                "NUMBER_OUTSIDE_VALID_RANGE|Score__c|RANGE|score|Key (score)=(1E+30) is out of range.",
                "INVALID_FIELD_FOR_INSERT_UPDATE|CreatedDate|READ_ONLY|created_date|Key (created_date) cannot be"
                        + " written at the API.",
                "FIELD_CUSTOM_VALIDATION_EXCEPTION|Email|RULE|email|Key (email)=(not an address) was refused: says"
                        + " Salesforce.",
                "SOMETHING_NEW|email|RULE|email|Key (email)=(not an address) was refused: says Salesforce.",
                "INSUFFICIENT_ACCESS_OR_READONLY|Email|FORBIDDEN|email|Key (email)=(not an address) was refused: says"
                        + " Salesforce.",
                "FIELD_CUSTOM_VALIDATION_EXCEPTION|NotMapped__c|RULE||says Salesforce.",
                "UNABLE_TO_LOCK_ROW||LOCKED||says Salesforce.",
                "DUPLICATES_DETECTED||DUPLICATE||says Salesforce.",
                "DELETE_FAILED||REFERENCE||says Salesforce.",
                "INVALID_CROSS_REFERENCE_KEY||REFERENCE||says Salesforce.",
            })
    void codeGivesClassColumnAndSentence(
            String code, String field, ErrorClass errorClass, String column, String message) {
        ApiError error = new ApiError(code, "says Salesforce", field == null ? List.of() : List.of(field));
        assertThat(SalesforceErrors.reject(INSERT, 0, error))
                .isEqualTo(new Rejection(errorClass, 0, column, code, message));
    }

    @Test
    void requiredColumnsAreNamedTogether() {
        ApiError error = new ApiError("REQUIRED_FIELD_MISSING", "x", List.of("LastName", "Email"));
        assertThat(SalesforceErrors.reject(INSERT, 0, error).message())
                .isEqualTo("Keys (last_name, email) are required.");
    }

    @Test
    void tooLongSaysHowLongItMayBe() {
        ApiError error = new ApiError(
                "STRING_TOO_LONG", "First Name: data value too large: Paul (max length=3)", List.of("FirstName"));
        assertThat(SalesforceErrors.reject(INSERT, 0, error).message())
                .isEqualTo("Key (first_name)=(Paul) is longer than 3 characters.");
    }

    @Test
    void duplicateThatNamesItsFieldInTheMessageOnly() {
        ApiError error = new ApiError(
                "DUPLICATE_VALUE", "duplicate value found: Email duplicates value on record with id: 003", List.of());
        assertThat(SalesforceErrors.reject(INSERT, 0, error).message())
                .isEqualTo("Key (email)=(not an address) already exists.");
    }

    @Test
    void rowsThatAreGoneAreNamedByTheirKey() {
        for (ApiError error : List.of(
                new ApiError("ENTITY_IS_DELETED", "entity is deleted", List.of()),
                new ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", List.of()))) {
            Rejection rejection = SalesforceErrors.reject(UPDATE, 0, error);
            assertThat(rejection.errorClass()).isEqualTo(ErrorClass.NOT_FOUND);
            assertThat(rejection.message()).isEqualTo("Key (id)=(003000000000001AAA) no longer exists at the API.");
        }
    }

    @Test
    void longValuesAreShownShortenedAndNeverCutInTheMiddleOfACharacter() {
        Mutation mutation = Contacts.insert("{'first_name':'" + "a".repeat(99) + "\uD83D\uDC1F".repeat(50) + "'}");
        ApiError error = new ApiError("STRING_TOO_LONG", "x", List.of("FirstName"));
        assertThat(SalesforceErrors.reject(mutation, 0, error).message())
                .isEqualTo("Key (first_name)=(" + "a".repeat(99) + "...) is too long.");
    }

    @Test
    void errorOfARequestNamesNoValue() {
        ApiError error = new ApiError("INVALID_EMAIL_ADDRESS", "x", List.of("Email"));
        assertThat(SalesforceErrors.reject(INSERT, null, error).message())
                .isEqualTo("Key (email) is not a valid email address.");
    }
}
