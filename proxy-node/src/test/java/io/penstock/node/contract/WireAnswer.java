package io.penstock.node.contract;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything from one question to its ReadyForQuery.
 *
 * @param sequence the types of all messages in their order, without those that may come at any time (N, S, A); rows in a row are one D
 * @param status of the ReadyForQuery: I, T or E
 */
public record WireAnswer(
        String sequence, List<WireResult> results, @Nullable WireReport error, List<WireReport> notices, char status) {

    static WireAnswer of(List<WireMessage> messages) {
        StringBuilder sequence = new StringBuilder();
        List<WireResult> results = new ArrayList<>();
        List<WireReport> notices = new ArrayList<>();
        List<WireMessage.Column> columns = List.of();
        List<List<byte @Nullable []>> rows = new ArrayList<>();
        WireReport error = null;
        char status = '?';
        for (WireMessage message : messages) {
            char type = message.type();
            if (type != 'N' && type != 'S' && type != 'A' && !(type == 'D' && endsWith(sequence, 'D'))) {
                sequence.append(type);
            }
            switch (type) {
                case 'T' -> columns = message.columns();
                case 'D' -> rows.add(message.values());
                case 'C', 's', 'I' -> {
                    results.add(new WireResult(columns, List.copyOf(rows), type == 'C' ? message.tag() : ""));
                    columns = List.of();
                    rows.clear();
                }
                case 'E' -> {
                    error = error == null ? message.report() : error;
                    columns = List.of();
                    rows.clear();
                }
                case 'N' -> notices.add(message.report());
                case 'Z' -> status = (char) message.body()[0];
                default -> {
                    // 1, 2, 3, n, t, S, A: the sequence tells of them
                }
            }
        }
        return new WireAnswer(sequence.toString(), List.copyOf(results), error, List.copyOf(notices), status);
    }

    private static boolean endsWith(StringBuilder text, char last) {
        return !text.isEmpty() && text.charAt(text.length() - 1) == last;
    }

    /** The last statement's result, where nothing failed. */
    public WireResult result() {
        WireReport failed = error;
        if (failed != null) {
            throw new AssertionError("failed: " + failed.fields());
        }
        return results.getLast();
    }

    /** The error, where there has to be one. */
    public WireReport failure() {
        WireReport failed = error;
        if (failed == null) {
            throw new AssertionError(
                    "no error, but " + results.stream().map(WireResult::tag).toList());
        }
        return failed;
    }

    public boolean failed() {
        return error != null;
    }

    /** The warnings among the notices. */
    public List<WireReport> warnings() {
        return notices.stream()
                .filter(notice -> notice.severity().equals("WARNING"))
                .toList();
    }
}
