package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Json;
import io.penstock.adapters.Likeness;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.definition.ValueCodec;
import io.penstock.adapters.definition.Values;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Objects of GitHub as rows of a table. */
final class GitHubRows {
    private static final ValueCodec CODEC = new ValueCodec(Values.PLAIN);

    private GitHubRows() {}

    /** All mapped columns of an object, or null where it is none or has no id. */
    static @Nullable ObjectNode canonical(TableMapping table, JsonNode node) {
        String key = Json.text(node, GitHubObject.KEY);
        if (key == null || key.isEmpty()) {
            return null;
        }
        GitHubObject object = GitHubObject.of(table.object());
        ObjectNode row = Json.object();
        for (ColumnMapping column : table.columns()) {
            GitHubField field = object.field(column.field());
            row.set(column.column(), field == null ? NullNode.instance : value(field, node));
        }
        row.put(table.keyColumn(), key);
        return row;
    }

    private static JsonNode value(GitHubField field, JsonNode node) {
        JsonNode value = node.at(field.at());
        if (field.element() != null && value.isArray()) {
            ArrayNode elements = Json.array();
            value.forEach(each -> elements.add(each.path(field.element())));
            return elements;
        }
        if (field.name().equals(GitHubObject.BODY) && value.isTextual()) {
            value = new TextNode(CorrelationMark.unmarked(value.textValue()));
        }
        // GitHub has no text where a text is not there; SQL has NULL
        boolean noText = value.isTextual() && value.textValue().isEmpty();
        return noText ? NullNode.instance : CODEC.fromApi(field.type(), value);
    }

    /** Whether the API's row holds what was asked for; of lists the order does not matter. */
    static boolean holds(TableMapping table, RowChange change, ObjectNode canonical) {
        for (Map.Entry<String, JsonNode> assigned : change.values().properties()) {
            ColumnMapping column = table.column(assigned.getKey());
            JsonNode asked = assigned.getValue();
            boolean leftToTheApi =
                    column == null || (asked.isNull() && column.field().equals(GitHubObject.STATE_REASON));
            if (!leftToTheApi && !alike(asked, canonical.path(assigned.getKey()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean alike(JsonNode asked, JsonNode held) {
        return asked.isArray() && held.isArray() ? set(asked).equals(set(held)) : Likeness.alike(asked, held);
    }

    private static Set<String> set(JsonNode array) {
        Set<String> texts = new HashSet<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
