package io.penstock.sandbox.helpdesk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

/** What a ticket's fields take. */
final class TicketFields {
    private static final int LONGEST_SUBJECT = 120;
    private static final Set<String> STATUSES = Set.of("open", "pending", "solved");
    private static final Set<String> READ_ONLY = Set.of("reference", "id", "created_at", "changed_at", "deleted");

    private final LongPredicate isTicket;

    /** @param isTicket whether there is a ticket of this id */
    TicketFields(LongPredicate isTicket) {
        this.isTicket = isTicket;
    }

    /** Puts what is given over the ticket; null clears a field. */
    void write(ObjectNode ticket, JsonNode given) {
        for (Map.Entry<String, JsonNode> each : given.properties()) {
            check(each.getKey(), each.getValue());
            ticket.set(each.getKey(), each.getValue());
        }
        if (ticket.path("subject").asText("").isBlank()) {
            throw HelpdeskException.of("required", "subject", "A ticket needs a subject.");
        }
    }

    private void check(String field, JsonNode value) {
        if (READ_ONLY.contains(field)) {
            throw HelpdeskException.of("read_only", field, "The helpdesk fills this field itself.");
        }
        boolean cleared = value.isNull();
        switch (field) {
            case "subject" -> {
                require(cleared || value.isTextual(), field, "is no text");
                if (value.asText().length() > LONGEST_SUBJECT) {
                    throw HelpdeskException.of("too_long", field, "At most " + LONGEST_SUBJECT + " characters.");
                }
            }
            case "description", "external_key" -> require(cleared || value.isTextual(), field, "is no text");
            case "requester" -> require(cleared || value.asText().matches("[^@\\s]+@[^@\\s]+"), field, "is no address");
            case "status" -> require(STATUSES.contains(value.asText()), field, "is none of " + STATUSES);
            case "priority" -> {
                require(cleared || value.isIntegralNumber(), field, "is no whole number");
                if (!cleared && (value.asLong() < 1 || value.asLong() > 5)) {
                    throw HelpdeskException.of("out_of_range", field, "From 1 to 5.");
                }
            }
            case "tags" -> require(cleared || value.isArray(), field, "is no list");
            case "urgent" -> require(value.isBoolean(), field, "is neither true nor false");
            case "due_on" -> require(cleared || isDate(value.asText()), field, "is no date");
            case "blocked_by" -> {
                if (!cleared && !isTicket.test(value.asLong(-1))) {
                    throw HelpdeskException.of("no_such_reference", field, "There is no such ticket.");
                }
            }
            default -> throw HelpdeskException.of("unknown_field", field, "A ticket has no such field.");
        }
    }

    private static void require(boolean good, String field, String problem) {
        if (!good) {
            throw HelpdeskException.of("invalid", field, "The value " + problem + ".");
        }
    }

    private static boolean isDate(String text) {
        try {
            return LocalDate.parse(text).toString().equals(text);
        } catch (DateTimeException noDate) {
            return false;
        }
    }
}
