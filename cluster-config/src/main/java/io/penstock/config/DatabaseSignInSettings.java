package io.penstock.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may sign in to one database.
 *
 * @param syncId what a user name may carry behind its last dot to mean this database; null for nothing
 * @param allow from where; empty for anywhere
 * @param queryUser as whom the verifiers of users are asked for, with {@link AuthMode#QUERY}
 * @param queryPassword null where the server asks for none
 * @param query gives the verifier of the user {@code $1} in its last column
 */
public record DatabaseSignInSettings(
        @Nullable String syncId,
        List<AddressRange> allow,
        String queryUser,
        @Nullable Secret queryPassword,
        String query) {
    /** For roles of Postgres; reading pg_authid takes a superuser, and a function of one that is SECURITY DEFINER does as well. */
    public static final String DEFAULT_QUERY =
            "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname OPERATOR(pg_catalog.=) $1";

    public DatabaseSignInSettings {
        allow = List.copyOf(allow);
    }

    /** Where the file says nothing. */
    public static DatabaseSignInSettings of(PostgresUrl url) {
        return new DatabaseSignInSettings(null, List.of(), url.user(), url.password(), DEFAULT_QUERY);
    }
}
