package io.penstock.adapters;

import org.jspecify.annotations.Nullable;

/**
 * Why a row or a whole request was refused.
 *
 * @param ordinal the row at fault, or null where the API does not say
 * @param column our name of the column at fault, or null
 * @param code the API's own code, such as {@code REQUIRED_FIELD_MISSING}; safe to log
 * @param message whole sentences for DETAIL. It may carry values of the row: for the client only, never for logs
 */
public record Rejection(
        ErrorClass errorClass,
        @Nullable Integer ordinal,
        @Nullable String column,
        String code,
        String message) {
    @Override
    public String toString() {
        return "Rejection[" + errorClass + ", row " + ordinal + ", " + column + ", " + code + "]";
    }
}
