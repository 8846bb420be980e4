package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;

/** What the org has: versions, resources, object types and their fields, and which records changed lately. */
final class DescribeResource {
    private static final int OLDEST = 31;
    private static final int NEWEST = 66;
    private static final String[] SEASONS = {"Winter", "Spring", "Summer"};

    private final SalesforceSchema schema;
    private final RecordStore store;

    DescribeResource(SalesforceSchema schema, RecordStore store) {
        this.schema = schema;
        this.store = store;
    }

    /** Whether the part of the path names a version that the org has, such as {@code v62.0}. */
    static boolean isVersion(String part) {
        if (!part.matches("v\\d{2}\\.0")) {
            return false;
        }
        int number = Integer.parseInt(part.substring(1, 3));
        return number >= OLDEST && number <= NEWEST;
    }

    static SandboxResponse versions() {
        ArrayNode versions = Json.array();
        for (int number = OLDEST; number <= NEWEST; number++) {
            // Three releases a year; version 31 was Summer '14.
            int releases = number - OLDEST + 2;
            versions.addObject()
                    .put("label", SEASONS[releases % 3] + " '" + (14 + releases / 3))
                    .put("url", "/services/data/v" + number + ".0")
                    .put("version", number + ".0");
        }
        return SandboxResponse.json(200, versions, 0);
    }

    SandboxResponse resources(Call call) {
        ObjectNode resources = Json.object();
        for (String name : new String[] {"sobjects", "query", "queryAll", "composite", "limits"}) {
            resources.put(name, call.base() + "/" + name);
        }
        return SandboxResponse.json(200, resources, 0);
    }

    SandboxResponse all(Call call) {
        ObjectNode global = Json.object().put("encoding", "UTF-8").put("maxBatchSize", 200);
        ArrayNode list = global.putArray("sobjects");
        schema.objects().forEach(type -> list.add(type.describeBriefly(call.base())));
        return SandboxResponse.json(200, global, 0);
    }

    SandboxResponse brief(Call call, SalesforceObject type) {
        ObjectNode node = Json.object();
        node.set("objectDescribe", type.describeBriefly(call.base()));
        node.putArray("recentItems");
        return SandboxResponse.json(200, node, 0);
    }

    SandboxResponse whole(Call call, SalesforceObject type) {
        return SandboxResponse.json(200, type.describe(call.base()), 0);
    }

    /** {@code /sobjects/T/updated} and {@code /sobjects/T/deleted}, with {@code start} and {@code end}. */
    SandboxResponse changed(Call call, SalesforceObject type, boolean deleted) {
        String start = SalesforceTime.canonical(call.query().getOrDefault("start", ""));
        String end = SalesforceTime.canonical(call.query().getOrDefault("end", ""));
        if (start == null || end == null || start.compareTo(end) >= 0) {
            throw new ApiException(400, "INVALID_REPLICATION_DATE", "startDate must be before endDate");
        }
        ObjectNode node = Json.object();
        ArrayNode list = node.putArray(deleted ? "deletedRecords" : "ids");
        for (ObjectNode record : store.all(type)) {
            String time = record.path("SystemModstamp").textValue();
            if (RecordStore.isDeleted(record) == deleted && time.compareTo(start) >= 0 && time.compareTo(end) < 0) {
                if (deleted) {
                    list.addObject().put("id", record.path("Id").textValue()).put("deletedDate", time);
                } else {
                    list.add(record.path("Id").textValue());
                }
            }
        }
        if (deleted) {
            node.put("earliestDateAvailable", start);
        }
        return SandboxResponse.json(200, node.put("latestDateCovered", end), list.size());
    }
}
