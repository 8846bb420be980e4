package io.penstock.sandbox.airtable;

import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;

/** A request that is refused, always as a whole: {@code {"error": {"type", "message"}}}, or {@code {"error": "NOT_FOUND"}} where no message is. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;

    ApiException(int status, String type, String message) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
    }

    /** A path that is none. */
    static ApiException notFound() {
        return new ApiException(404, "NOT_FOUND", "");
    }

    /** A base, a table or a record that is not there, or not for this token: the API does not say which. */
    static ApiException noModel() {
        return new ApiException(
                403,
                "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND",
                "Invalid permissions, or the requested model was not found. Check that both your user and your token have"
                        + " the required permissions, and that the model names and/or ids are correct.");
    }

    static ApiException noRecord() {
        return new ApiException(404, "MODEL_ID_NOT_FOUND", "Record not found");
    }

    static ApiException noRow(String id) {
        return new ApiException(422, "ROW_DOES_NOT_EXIST", "Record ID " + id + " does not exist in this table");
    }

    static ApiException badRequest() {
        return new ApiException(
                422,
                "INVALID_REQUEST_UNKNOWN",
                "Invalid request: parameter validation failed. Check your request data.");
    }

    static ApiException badValue(AirtableField field) {
        return new ApiException(
                422, "INVALID_VALUE_FOR_COLUMN", "Field \"" + field.name() + "\" cannot accept the provided value");
    }

    static ApiException badFormula(String why) {
        return new ApiException(
                422, "INVALID_FILTER_BY_FORMULA", "The formula for filtering records is invalid: " + why);
    }

    SandboxResponse response() {
        String message = String.valueOf(getMessage());
        return SandboxResponse.json(
                status,
                message.isEmpty()
                        ? Json.object().put("error", type)
                        : Json.object()
                                .set("error", Json.object().put("type", type).put("message", message)),
                0);
    }
}
