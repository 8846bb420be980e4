package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.sandbox.server.Fault;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Creates, changes and archives records: every write passes the same rules, alone or in a batch. A refusal is an {@link ApiException}. */
final class RecordWriter {
    private final RecordStore store;
    private final Clock clock;
    private long lastId;

    RecordWriter(RecordStore store, Clock clock, long seed) {
        this.store = store;
        this.clock = clock;
        restart(seed);
    }

    /** Ids start again as they did for this seed. */
    void restart(long seed) {
        // Real ids have eleven or twelve digits by now, which is more than an int holds.
        lastId = 30_000_000_000L + new Random(seed).nextInt(1_000_000_000);
    }

    HubSpotRecord create(HubSpotObject type, JsonNode properties, Fault.@Nullable RefuseRecords refusal) {
        refuse(refusal);
        return createAt(type, properties, now());
    }

    /** A record that was made then. */
    HubSpotRecord createAt(HubSpotObject type, JsonNode properties, Instant now) {
        Map<String, String> given = read(type, properties);
        long id = ++lastId;
        checkUnique(type, id, given);
        SortedMap<String, String> values = new TreeMap<>();
        values.put(type.created(), now.toString());
        apply(values, given);
        values.put(HubSpotObject.ID, Long.toString(id));
        values.put(type.modified(), now.toString());
        values.put("hs_object_source", "INTEGRATION");
        if (type.name().equals("contacts")) {
            values.putIfAbsent("lifecyclestage", "lead");
        }
        derive(type, values);
        HubSpotRecord record = new HubSpotRecord(id, values, now, now, null, null);
        store.put(type, record);
        return record;
    }

    HubSpotRecord update(
            HubSpotObject type, HubSpotRecord before, JsonNode properties, Fault.@Nullable RefuseRecords refusal) {
        refuse(refusal);
        Map<String, String> given = read(type, properties);
        checkUnique(type, before.id(), given);
        Instant now = now();
        SortedMap<String, String> values = new TreeMap<>(before.properties());
        apply(values, given);
        values.put(type.modified(), now.toString());
        derive(type, values);
        HubSpotRecord record = new HubSpotRecord(before.id(), values, before.created(), now, null, null);
        store.put(type, record);
        return record;
    }

    void archive(HubSpotObject type, HubSpotRecord before, Fault.@Nullable RefuseRecords refusal) {
        refuse(refusal);
        if (before.archived() == null) {
            Instant now = now();
            store.put(type, new HubSpotRecord(before.id(), before.properties(), before.created(), now, now, null));
        }
    }

    /** The values to store; an empty one clears. Everything that is wrong is reported at once. */
    private static Map<String, String> read(HubSpotObject type, JsonNode properties) {
        if (!properties.isObject()) {
            throw ApiException.badInput("some of required attributes are not set [properties]");
        }
        Map<String, String> values = new TreeMap<>();
        List<ApiException.Invalid> invalid = new ArrayList<>();
        properties.properties().forEach(entry -> {
            String name = entry.getKey();
            if (entry.getValue().isContainerNode()) {
                throw ApiException.badInput("the value of property " + name + " must be a string");
            }
            String value = entry.getValue().asText();
            HubSpotProperty property = type.property(name);
            if (property == null) {
                invalid.add(new ApiException.Invalid(
                        name, value, "PROPERTY_DOESNT_EXIST", "Property \"" + name + "\" does not exist"));
            } else if (property.readOnly()) {
                invalid.add(new ApiException.Invalid(
                        name,
                        value,
                        "READ_ONLY_VALUE",
                        "\"" + name + "\" is a read only property; its value cannot be set."));
            } else if (!entry.getValue().isNull()) {
                try {
                    values.put(name, value.isEmpty() ? "" : property.type().canonical(property, value));
                } catch (PropertyType.InvalidValue e) {
                    invalid.add(new ApiException.Invalid(name, value, e.code(), String.valueOf(e.getMessage())));
                }
            }
        });
        if (!invalid.isEmpty()) {
            throw ApiException.invalid(invalid);
        }
        return values;
    }

    private static void refuse(Fault.@Nullable RefuseRecords refusal) {
        if (refusal != null) {
            throw new ApiException(400, refusal.code(), refusal.message());
        }
    }

    private void checkUnique(HubSpotObject type, long id, Map<String, String> given) {
        for (HubSpotProperty property : type.properties()) {
            String value = given.getOrDefault(property.name(), "");
            HubSpotRecord other = property.unique() && !value.isEmpty() ? store.lookUp(type, property, value) : null;
            if (other == null || other.id() == id) {
                continue;
            }
            if (!property.custom()) {
                throw ApiException.conflict(type, other.id());
            }
            throw ApiException.invalid(List.of(new ApiException.Invalid(
                    property.name(),
                    value,
                    "CONFLICTING_UNIQUE_VALUE",
                    "Cannot set PropertyValueCoordinates{portalId=24681357, objectTypeId=" + type.typeId()
                            + ", propertyName=" + property.name() + ", value=" + value + "} on " + id + ". "
                            + other.id() + " already has that value.")));
        }
    }

    private static void apply(SortedMap<String, String> values, Map<String, String> given) {
        given.forEach((name, value) -> {
            if (value.isEmpty()) {
                values.remove(name);
            } else {
                values.put(name, value);
            }
        });
    }

    /** What HubSpot computes of the other values. */
    private static void derive(HubSpotObject type, SortedMap<String, String> values) {
        String email = values.get("email");
        if (type.name().equals("contacts")) {
            if (email == null) {
                values.remove("hs_email_domain");
            } else {
                values.put("hs_email_domain", email.substring(email.indexOf('@') + 1));
            }
        }
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
