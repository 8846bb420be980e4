package io.penstock.node.apis;

import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.server.ReceivedRequest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the contract has to know of one API: its sandbox, how it is configured, and what a table of it takes and refuses. */
interface ContractApi {
    /** The schema of its tables, and what messages call it. */
    String name();

    /** The table that the contract is tried on. */
    String table();

    Sandbox sandbox();

    /** The settings of {@code penstock.apis.account}. */
    String account();

    /** The settings of the sync beside its API: options, tables. */
    String tables();

    Limits limits();

    /** A complete row for each number, no two alike: column to SQL expression. */
    Map<String, String> row(int number);

    /** A column that takes any text and none. */
    String text();

    /** A column that the API fills itself. */
    String readOnly();

    List<Typed> types();

    List<Refused> refusals();

    /** Whether a row of an UPDATE is applied though another one is refused. */
    default boolean standsForItself() {
        return limits().writeEach();
    }

    /** How many records the API holds. */
    int held();

    /** Deletes a record at the API, past the proxy. */
    HttpRequest.Builder deletion(String id) throws IOException, InterruptedException;

    /** What its requests are checked against. */
    default RequestCheck documented() {
        return RequestCheck.of(name());
    }

    /** What else is wrong with the requests that were sent. */
    default List<String> problems(List<ReceivedRequest> requests) throws IOException, InterruptedException {
        return List.of();
    }

    /** Whether the request is about records, and not about tokens or about what tables there are. */
    boolean isData(ReceivedRequest request);

    /** Whether such a request writes. */
    default boolean writes(ReceivedRequest request) {
        return !request.method().equals("GET")
                && !request.path().endsWith("/batch/read")
                && !request.path().contains("/search");
    }

    /**
     * How many rows a statement may have.
     *
     * @param writeEach whether each row of an INSERT or UPDATE costs a request
     * @param deleteEach whether each row of a DELETE does
     */
    record Limits(int insert, int update, int delete, boolean writeEach, boolean deleteEach) {}

    /**
     * A value and how Postgres shows it afterwards.
     *
     * @param value an SQL expression
     * @param shown as text; null for NULL
     */
    record Typed(String column, String value, @Nullable String shown) {}

    /**
     * A value that the API refuses, and what the error says.
     *
     * @param named whether the API says which field it is about
     */
    record Refused(String column, String value, String sqlState, boolean named) {
        Refused(String column, String value, String sqlState) {
            this(column, value, sqlState, true);
        }
    }
}
