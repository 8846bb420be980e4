package io.penstock.adapters;

/** What kind of refusal an API's error is, and the SQLSTATE that pools and ORMs treat rightly for it (docs/errors.md has the reasons). */
public enum ErrorClass {
    /** A required field has no value: not_null_violation. */
    REQUIRED("23502"),
    /** The API holds such a row already: unique_violation. */
    DUPLICATE("23505"),
    /** An id of another object that the API does not know or may not be used here: foreign_key_violation. */
    REFERENCE("23503"),
    /** The API cannot read the value, or the option does not exist: invalid_text_representation. */
    FORMAT("22P02"),
    /** string_data_right_truncation. */
    TOO_LONG("22001"),
    /** numeric_value_out_of_range. */
    RANGE("22003"),
    /** Any other rule of the authority: check_violation. */
    RULE("23514"),
    /** The row is gone at the API: object_not_in_prerequisite_state. */
    NOT_FOUND("55000"),
    /** The column is the API's own to fill: generated_always. */
    READ_ONLY("428C9"),
    /** The API does not know the column: undefined_column. */
    UNKNOWN_COLUMN("42703"),
    /** The account may not do this: insufficient_privilege. */
    FORBIDDEN("42501"),
    /** Credentials refused for good: fdw_unable_to_establish_connection, as 28000 would blame the client's own login. */
    AUTH("HV00N"),
    /** Budget used up, certainly not applied: configuration_limit_exceeded. */
    RATE("53400"),
    /** The row is locked at the API, certainly not applied, worth a retry: lock_not_available. */
    LOCKED("55P03"),
    /** API not able now, certainly not applied: fdw_error, as class 08 would make pools throw connections away. */
    UNAVAILABLE("HV000"),
    /** Nobody knows whether it was applied: statement_completion_unknown. */
    UNKNOWN("40003"),
    /** Some rows were applied: an own code, so that nobody repeats the statement whole. */
    PARTIAL("SY001"),
    /** More rows than one request takes: program_limit_exceeded. */
    TOO_MANY("54000"),
    /** The API has no such operation: feature_not_supported. */
    UNSUPPORTED("0A000");

    private final String sqlState;

    ErrorClass(String sqlState) {
        this.sqlState = sqlState;
    }

    public String sqlState() {
        return sqlState;
    }
}
