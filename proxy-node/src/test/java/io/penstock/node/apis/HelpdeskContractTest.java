package io.penstock.node.apis;

import io.penstock.sandbox.HelpdeskSandbox;
import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.helpdesk.HelpdeskConfig;
import io.penstock.sandbox.server.ReceivedRequest;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An API that is in no list, by the definition of docs/add-an-api.md. */
class HelpdeskContractTest extends TroubleContract {
    static final Path EXAMPLES = Path.of("..", "docs", "examples").toAbsolutePath();
    /** What the helpdesk says of itself. */
    static final Path DOCUMENT = EXAMPLES.resolve("helpdesk-openapi.yaml");

    HelpdeskContractTest() {
        super(new Tickets(EXAMPLES.resolve("helpdesk.yaml")));
    }

    /** The helpdesk, by one definition or another. */
    static final class Tickets implements ContractApi {
        private final HelpdeskSandbox sandbox = HelpdeskSandbox.start(HelpdeskConfig.defaults());
        private final Path definition;

        Tickets(Path definition) {
            this.definition = definition;
        }

        @Override
        public RequestCheck documented() {
            return RequestCheck.of(DOCUMENT);
        }

        @Override
        public String name() {
            return "helpdesk";
        }

        @Override
        public String table() {
            return "tickets";
        }

        @Override
        public Sandbox sandbox() {
            return sandbox;
        }

        @Override
        public String account() {
            return "type = definition, file = \"%s\", base_url = \"%s\", token = %s"
                    .formatted(definition, sandbox.uri(), sandbox.config().key());
        }

        @Override
        public String tables() {
            return "tables.tickets { object = tickets, correlation_field = external_key }";
        }

        @Override
        public Limits limits() {
            return new Limits(20, 20, 20, false, true);
        }

        @Override
        public Map<String, String> row(int number) {
            return Map.of("subject", "'Ticket " + number + "'", "description", "'n" + number + "'", "priority", "3");
        }

        @Override
        public String text() {
            return "description";
        }

        @Override
        public String readOnly() {
            return "reference";
        }

        @Override
        public List<Typed> types() {
            return List.of(
                    new Typed("due_on", "date '2026-02-28'", "2026-02-28"),
                    new Typed("due_on", "null", null),
                    new Typed("priority", "1", "1"),
                    new Typed("urgent", "true", "t"),
                    new Typed("tags", "array['a, b', 'c \"d\"']", "{\"a, b\",\"c \\\"d\\\"\"}"),
                    new Typed("status", "'solved'", "solved"),
                    new Typed("description", "''", ""));
        }

        @Override
        public List<Refused> refusals() {
            return List.of(
                    new Refused("subject", "null", "23502"),
                    new Refused("subject", "repeat('x', 121)", "22001"),
                    new Refused("status", "'nonsense'", "22P02"),
                    new Refused("priority", "9", "22003"),
                    new Refused("blocked_by", "999999", "23503"));
        }

        @Override
        public int held() {
            return sandbox.tickets().size();
        }

        @Override
        public HttpRequest.Builder deletion(String id) {
            return HttpRequest.newBuilder(sandbox.uri().resolve("/v2/tickets/" + id))
                    .header("X-Api-Key", sandbox.config().key())
                    .DELETE();
        }

        @Override
        public boolean isData(ReceivedRequest request) {
            return request.path().startsWith("/v2/");
        }
    }
}
