package io.penstock.node.mutation;

import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Rejection;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import java.util.List;
import java.util.UUID;

/** What an API's refusal becomes in Postgres's words: one table from the adapters' closed set of classes to the catalogue. */
final class ApiErrors {
    private ApiErrors() {}

    /** The error of one refused row or request, with schema, table, column and the API's own code as constraint. */
    static PgError of(SyncedTable table, Rejection rejection) {
        String api = table.adapter().api();
        String column = rejection.column();
        PgError error = switch (rejection.errorClass()) {
            case REQUIRED -> ErrorCode.API_REQUIRED.error(api);
            case DUPLICATE -> ErrorCode.API_DUPLICATE.error(api);
            case REFERENCE -> ErrorCode.API_REFERENCE.error(api);
            case FORMAT -> ErrorCode.API_INVALID_FORMAT.error(api);
            case TOO_LONG -> ErrorCode.API_TOO_LONG.error(api);
            case RANGE -> ErrorCode.API_OUT_OF_RANGE.error(api);
            case RULE -> ErrorCode.API_VALIDATION.error(api);
            case NOT_FOUND -> ErrorCode.API_ROW_GONE.error(api, table.name());
            case READ_ONLY -> ErrorCode.API_READ_ONLY_COLUMN.error(api, column == null ? "of the row" : column);
            case UNKNOWN_COLUMN -> ErrorCode.API_UNKNOWN_COLUMN.error(api, column == null ? "of the row" : column);
            case FORBIDDEN -> ErrorCode.API_PERMISSION_DENIED.error(api);
            case AUTH -> ErrorCode.API_CREDENTIALS.error(api, table.account());
            case RATE -> ErrorCode.API_RATE_LIMITED.error(api);
            case LOCKED -> ErrorCode.API_ROW_LOCKED.error(api);
            case UNAVAILABLE -> ErrorCode.API_UNAVAILABLE.error(api);
            case UNKNOWN, PARTIAL ->
                throw new IllegalArgumentException(rejection.errorClass() + " is not a refusal of a row");
            case TOO_MANY -> ErrorCode.TOO_MANY_ROWS.error("statement", table.name(), "more", "fewer");
            case UNSUPPORTED -> ErrorCode.SHAPE_NOT_UNDERSTOOD.error(table.name(), "the API has no such operation");
        };
        PgError located = error.withDetail(rejection.message())
                .withTable(table.mapping().schema(), table.mapping().table())
                .withConstraint(rejection.code());
        located = column == null ? located : located.withColumn(column);
        return located.hint() == null && isValidation(rejection.errorClass())
                ? located.withHint("Correct the value and repeat the statement: nothing was applied.")
                : located;
    }

    private static boolean isValidation(ErrorClass errorClass) {
        return errorClass.sqlState().startsWith("22") || errorClass.sqlState().startsWith("23");
    }

    /** Nobody knows yet whether the API has applied it. */
    static PgError outcomeUnknown(SyncedTable table, UUID id, String reason) {
        return ErrorCode.OUTCOME_UNKNOWN
                .error(table.adapter().api(), id)
                .withDetail("Journal entry " + id + ": " + reason + ".")
                .withTable(table.mapping().schema(), table.mapping().table());
    }

    /** @param refusal of the first row that was not applied */
    static PgError partlyApplied(SyncedTable table, UUID id, List<String> keys, PgError refusal) {
        return ErrorCode.PARTLY_APPLIED
                .error(table.adapter().api(), id)
                .withDetail("Applied rows: " + String.join(", ", keys) + ". First refusal: " + refusal.message()
                        + (refusal.detail() == null ? "" : ": " + refusal.detail()))
                .withTable(table.mapping().schema(), table.mapping().table());
    }

    /**
     * The API has applied it, and Postgres refuses the row for good.
     *
     * @param refusal Postgres's. Its SQLSTATE is told in the detail only: as an error of the statement itself it would say that nothing was applied
     */
    static PgError parked(SyncedTable table, UUID id, List<String> keys, PgError refusal) {
        return ErrorCode.LOCAL_ROW_REFUSED
                .error(table.adapter().api(), id)
                .withDetail(refusal.message() + " (SQLSTATE " + refusal.sqlState() + "). API id: "
                        + String.join(", ", keys) + ".")
                .withTable(table.mapping().schema(), table.mapping().table())
                .withColumn(refusal.column())
                .withConstraint(refusal.constraint());
    }
}
