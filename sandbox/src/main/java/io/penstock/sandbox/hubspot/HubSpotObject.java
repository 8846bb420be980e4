package io.penstock.sandbox.hubspot;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A type of CRM object: its names, its properties, and those that are read when a request names none. */
final class HubSpotObject {
    /** Every record's own number as a property. */
    static final String ID = "hs_object_id";

    private final String name;
    private final String singular;
    private final String typeId;
    private final String created;
    private final String modified;
    private final List<String> defaults;
    private final Map<String, HubSpotProperty> properties = new LinkedHashMap<>();

    /**
     * @param name as paths have it, such as {@code contacts}
     * @param singular as messages have it, such as {@code Contact}
     * @param typeId such as {@code 0-1}
     * @param created the property that holds when a record was made
     * @param modified the property that holds when it was changed last
     */
    HubSpotObject(
            String name,
            String singular,
            String typeId,
            String created,
            String modified,
            List<String> defaults,
            List<HubSpotProperty> own) {
        this.name = name;
        this.singular = singular;
        this.typeId = typeId;
        this.created = created;
        this.modified = modified;
        this.defaults = defaults;
        own.forEach(property -> properties.put(property.name(), property));
        keep(HubSpotProperty.of(ID, "Record ID", PropertyType.NUMBER).asReadOnly());
        keep(HubSpotProperty.of(created, "Create Date", PropertyType.DATETIME));
        keep(HubSpotProperty.of(modified, "Last Modified Date", PropertyType.DATETIME)
                .asReadOnly());
        keep(HubSpotProperty.of("hs_object_source", "Record source", PropertyType.STRING)
                .asReadOnly());
        keep(HubSpotProperty.of("penstock_mutation", "Penstock Mutation", PropertyType.STRING)
                .asUnique()
                .asCustom());
    }

    private void keep(HubSpotProperty property) {
        properties.put(property.name(), property);
    }

    String name() {
        return name;
    }

    String singular() {
        return singular;
    }

    String typeId() {
        return typeId;
    }

    String created() {
        return created;
    }

    String modified() {
        return modified;
    }

    List<String> defaults() {
        return defaults;
    }

    Collection<HubSpotProperty> properties() {
        return properties.values();
    }

    @Nullable
    HubSpotProperty property(String propertyName) {
        return properties.get(propertyName);
    }

    boolean isCalled(String given) {
        return given.equals(name) || given.equalsIgnoreCase(singular) || given.equals(typeId);
    }
}
