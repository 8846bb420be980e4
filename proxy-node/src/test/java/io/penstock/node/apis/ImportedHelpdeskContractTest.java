package io.penstock.node.apis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.penstock.adapters.openapi.ImportRefused;
import io.penstock.adapters.openapi.OpenApiImport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The same helpdesk by the definition that {@code api import} makes of its OpenAPI document. What the draft leaves to a person is taken from the finished
 * definition: limits, what the error codes mean, correlation, deleted records, whether a request is all or nothing. Everything else is the draft's.
 */
class ImportedHelpdeskContractTest extends TroubleContract {
    private static final YAMLMapper YAML = new YAMLMapper();

    ImportedHelpdeskContractTest() {
        super(new HelpdeskContractTest.Tickets(decided()));
    }

    private static Path decided() {
        try {
            ObjectNode draft = read(OpenApiImport.draft(Files.readString(HelpdeskContractTest.DOCUMENT), "/v2/tickets")
                    .yaml());
            ObjectNode finished = read(Files.readString(HelpdeskContractTest.EXAMPLES.resolve("helpdesk.yaml")));
            draft.set("server_timeout", finished.path("server_timeout"));
            draft.set("limits", finished.path("limits"));
            ((ObjectNode) draft.path("errors")).set("rules", finished.at("/errors/rules"));
            ObjectNode tickets = (ObjectNode) draft.at("/tables/tickets");
            JsonNode known = finished.at("/tables/tickets");
            ((ObjectNode) tickets.path("insert")).put("atomic", true);
            ((ObjectNode) tickets.path("update")).put("atomic", true);
            tickets.set("delete", known.path("delete"));
            tickets.set("correlation", known.path("correlation"));
            ((ObjectNode) tickets.path("changes")).set("deleted", known.at("/changes/deleted"));
            // The field of the correlation is no column.
            ((ObjectNode) tickets.path("columns")).remove("external_key");
            Path file = Files.createTempFile("helpdesk-", ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, YAML.writeValueAsString(draft));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (ImportRefused refused) {
            throw new IllegalStateException(refused);
        }
    }

    private static ObjectNode read(String yaml) throws IOException {
        return (ObjectNode) YAML.readTree(yaml);
    }
}
