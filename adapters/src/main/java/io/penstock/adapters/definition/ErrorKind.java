package io.penstock.adapters.definition;

import io.penstock.adapters.ErrorClass;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The closed list of what an answer of an API can mean when it is no success: the words of {@code class} in a definition. */
enum ErrorKind {
    REQUIRED(ErrorClass.REQUIRED),
    DUPLICATE(ErrorClass.DUPLICATE),
    REFERENCE(ErrorClass.REFERENCE),
    FORMAT(ErrorClass.FORMAT),
    TOO_LONG(ErrorClass.TOO_LONG),
    RANGE(ErrorClass.RANGE),
    RULE(ErrorClass.RULE),
    NOT_FOUND(ErrorClass.NOT_FOUND),
    READ_ONLY(ErrorClass.READ_ONLY),
    UNKNOWN_COLUMN(ErrorClass.UNKNOWN_COLUMN),
    FORBIDDEN(ErrorClass.FORBIDDEN),
    LOCKED(ErrorClass.LOCKED),
    TOO_MANY(ErrorClass.TOO_MANY),
    UNSUPPORTED(ErrorClass.UNSUPPORTED),
    /** Over a limit: nothing was applied, and it may be tried again later. */
    RATE_LIMITED(null),
    /** A new access token helps. */
    TOKEN_EXPIRED(null),
    /** Only somebody who authorises again helps. */
    REVOKED(null),
    /** Not now, and certainly not applied. */
    UNAVAILABLE(null),
    /** It may have been applied. */
    UNKNOWN_OUTCOME(null);

    /** By their names in a definition. */
    static final Map<String, ErrorKind> BY_NAME = byName();

    private final @Nullable ErrorClass errorClass;

    ErrorKind(@Nullable ErrorClass errorClass) {
        this.errorClass = errorClass;
    }

    /** What kind of refusal it is; null where it is none of a row's content. */
    @Nullable
    ErrorClass errorClass() {
        return errorClass;
    }

    private static Map<String, ErrorKind> byName() {
        Map<String, ErrorKind> byName = new LinkedHashMap<>();
        Arrays.stream(values()).forEach(kind -> byName.put(kind.name().toLowerCase(Locale.ROOT), kind));
        return byName;
    }
}
