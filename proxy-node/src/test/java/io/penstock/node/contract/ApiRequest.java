package io.penstock.node.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.sandbox.server.ReceivedRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One request as the API received it, in the words of a test.
 *
 * @param verb what it does to records: POST creates, PATCH updates, DELETE deletes, GET reads
 * @param records what was to be written, in the API's own field names
 * @param ids which records were to be updated or deleted
 */
public record ApiRequest(ReceivedRequest received, String verb, List<JsonNode> records, List<String> ids) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ApiRequest of(ReceivedRequest received) {
        JsonNode body = json(received);
        String path = received.path();
        String verb = received.method();
        if (path.endsWith("/composite")) {
            // The first part writes, the second reads back what was written.
            JsonNode write = body.path("compositeRequest").path(0);
            verb = write.path("method").asText();
            body = write.path("body");
        } else if (verb.equals("POST") && path.contains("/composite/sobjects/")) {
            verb = "GET";
        }
        List<JsonNode> records = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        if (verb.equals("DELETE")) {
            ids.addAll(idsOf(received.target()));
        } else if (!verb.equals("GET")) {
            body.path("records").forEach(records::add);
        }
        if (verb.equals("PATCH")) {
            records.forEach(record -> ids.add(record.path("id").asText()));
        }
        return new ApiRequest(received, verb, List.copyOf(records), List.copyOf(ids));
    }

    private static List<String> idsOf(String target) {
        return Arrays.stream(target.substring(target.indexOf('?') + 1).split("&"))
                .filter(parameter -> parameter.startsWith("ids="))
                .map(parameter -> URLDecoder.decode(parameter.substring("ids=".length()), StandardCharsets.UTF_8))
                .flatMap(ids -> Arrays.stream(ids.split(",")))
                .toList();
    }

    private static JsonNode json(ReceivedRequest received) {
        try {
            return received.body().length == 0 ? JSON.createObjectNode() : JSON.readTree(received.bodyText());
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("the proxy sent a body that is no JSON: " + received.bodyText(), broken);
        }
    }

    /** How many records it writes. */
    public int rows() {
        return verb.equals("DELETE") ? ids.size() : records.size();
    }

    public boolean writes() {
        return !verb.equals("GET");
    }

    /** A field of one record; empty where it was not sent or is null. */
    public String sent(int record, String field) {
        JsonNode value = records.get(record).path(field);
        return value.isNull() ? "" : value.asText();
    }

    /** The names of all fields that were sent for one record, without type, id and correlation. */
    public List<String> fields(int record) {
        List<String> names = new ArrayList<>();
        records.get(record).fieldNames().forEachRemaining(names::add);
        names.removeAll(List.of("attributes", "id", "Penstock_Mutation__c"));
        return names;
    }

    @Override
    public String toString() {
        return verb + " " + rows() + " rows (" + received.method() + " " + received.path() + " " + received.status()
                + ")";
    }
}
