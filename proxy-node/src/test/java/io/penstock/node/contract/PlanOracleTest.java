package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.protocol.sql.Classified;
import io.penstock.protocol.sql.LexerOptions;
import io.penstock.protocol.sql.StatementClassifier;
import io.penstock.protocol.sql.SyncedNames;
import io.penstock.protocol.sql.generate.StatementGenerator;
import io.penstock.protocol.sql.generate.TestTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * S-25: for generated statements, "this writes a synced table" by our classifier against the ModifyTable nodes of Postgres's own plan. A
 * statement that Postgres cannot plan has no verdict and is not counted.
 */
class PlanOracleTest {
    private static final int JUDGED = Integer.getInteger("penstock.oracle.statements", 5000);
    private static final long SEED = Long.getLong("penstock.oracle.seed", 20261121L);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SyncedNames SYNCED =
            name -> TestTable.maybeSynced(name.schema() == null ? "" : name.schema(), name.name());

    private final Map<String, List<String>> misses = new TreeMap<>();
    private final Map<String, Integer> verdicts = new TreeMap<>();

    @Test
    void agreesWithPostgresAboutWhatIsWritten() throws SQLException, JsonProcessingException {
        int unplanned = 0;
        int judged = 0;
        StatementGenerator generator = new StatementGenerator(SEED);
        try (Connection connection = PenstockFixture.shared().freshDatabase("oracle");
                Statement statement = connection.createStatement()) {
            statement.execute(TestTable.DDL);
            statement.execute("set search_path to public, salesforce");
            while (judged < JUDGED) {
                String text = generator.plannable();
                TreeSet<String> written = written(statement, text);
                if (written == null) {
                    unplanned++;
                    assertThat(unplanned)
                            .as("statements that Postgres cannot plan")
                            .isLessThan(JUDGED);
                } else {
                    judged++;
                    compare(text, written);
                }
            }
        }
        System.out.println("S-25: " + judged + " statements judged, " + unplanned + " not planned, seed " + SEED + ", "
                + verdicts + ", misses by cause: "
                + misses.entrySet().stream()
                        .map(miss -> miss.getKey() + " " + miss.getValue().size())
                        .toList());
        assertThat(misses).as("misses by cause").isEmpty();
    }

    private void compare(String text, TreeSet<String> written) {
        Classified classified = StatementClassifier.classify(text, LexerOptions.DEFAULT, SYNCED);
        String ours = switch (classified) {
            case Classified.Mutation mutation ->
                mutation.dml().operation() + " " + mutation.dml().target().name();
            case Classified.Refused _ -> "refused";
            case Classified.Relay _ -> "relayed";
            case Classified.Explain _,
                    Classified.Prepare _,
                    Classified.Execute _,
                    Classified.ExplainExecute _,
                    Classified.Deallocate _,
                    Classified.DryRun _ -> "another kind of statement";
        };
        verdicts.merge(ours.equals("relayed") || ours.equals("refused") ? ours : "intercepted", 1, Integer::sum);
        switch (ours) {
            case "relayed" -> {
                if (!written.isEmpty()) {
                    miss("relayed, but writes a synced table", text);
                }
            }
            case "refused" -> {
                if (written.isEmpty()) {
                    miss("refused, but writes no synced table", text);
                }
            }
            default -> {
                if (!written.contains(ours) || written.size() != 1) {
                    miss("taken for " + ours + ", but writes " + written, text);
                }
            }
        }
    }

    private void miss(String cause, String text) {
        misses.computeIfAbsent(cause, any -> new ArrayList<>()).add(text);
    }

    /** Operation and name of every synced table that the plan writes; null where there is no plan. */
    private static @Nullable TreeSet<String> written(Statement statement, String text)
            throws SQLException, JsonProcessingException {
        StringBuilder plan = new StringBuilder();
        try (ResultSet rows = statement.executeQuery("explain (verbose, format json) " + text)) {
            while (rows.next()) {
                plan.append(rows.getString(1));
            }
        } catch (SQLException unplannable) {
            return null;
        }
        TreeSet<String> written = new TreeSet<>();
        for (JsonNode node : JSON.readTree(plan.toString()).findParents("Operation")) {
            if (node.path("Node Type").asText().equals("ModifyTable")
                    && TestTable.maybeSynced(
                            node.path("Schema").asText(),
                            node.path("Relation Name").asText())) {
                written.add(node.path("Operation").asText().toUpperCase(java.util.Locale.ROOT) + " "
                        + node.path("Relation Name").asText());
            }
        }
        return written;
    }
}
