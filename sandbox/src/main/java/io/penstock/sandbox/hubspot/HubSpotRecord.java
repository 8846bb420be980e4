package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A record as it stood from one change to the next.
 *
 * @param properties the values that are not empty
 * @param archived since when, or null
 * @param before the version that the search may still see
 */
record HubSpotRecord(
        long id,
        SortedMap<String, String> properties,
        Instant created,
        Instant updated,
        @Nullable Instant archived,
        @Nullable HubSpotRecord before) {

    /** The version that a search sees whose index is behind by this much; null when it sees none. */
    @Nullable
    HubSpotRecord indexed(Instant now, Duration lag) {
        HubSpotRecord version = this;
        while (version != null && version.updated.plus(lag).isAfter(now)) {
            version = version.before;
        }
        return version;
    }

    HubSpotRecord following(@Nullable HubSpotRecord last) {
        return new HubSpotRecord(id, properties, created, updated, archived, last);
    }

    /** As the API shows it, with these properties, or with all that have a value. Names that the type does not have are left out. */
    ObjectNode show(HubSpotObject type, @Nullable Collection<String> names) {
        ObjectNode shown = Json.object().put("id", Long.toString(id));
        ObjectNode values = shown.putObject("properties");
        if (names == null) {
            properties.forEach(values::put);
        } else {
            TreeSet<String> wanted = new TreeSet<>(names);
            wanted.add(type.created());
            wanted.add(type.modified());
            wanted.add(HubSpotObject.ID);
            wanted.stream()
                    .filter(name -> type.property(name) != null)
                    .forEach(name -> values.put(name, properties.get(name)));
        }
        shown.put("createdAt", created.toString())
                .put("updatedAt", updated.toString())
                .put("archived", archived != null);
        if (archived != null) {
            shown.put("archivedAt", archived.toString());
        }
        return shown;
    }
}
