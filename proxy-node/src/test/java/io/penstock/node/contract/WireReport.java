package io.penstock.node.contract;

import java.util.Map;

/** An error or notice as it came over the wire: its fields by their letters, and empty text for those that did not come. */
public record WireReport(Map<Character, String> fields) {
    private String field(char letter) {
        return fields.getOrDefault(letter, "");
    }

    public String severity() {
        return field('V');
    }

    public String sqlState() {
        return field('C');
    }

    public String message() {
        return field('M');
    }

    public String detail() {
        return field('D');
    }

    public String hint() {
        return field('H');
    }

    public String schema() {
        return field('s');
    }

    public String table() {
        return field('t');
    }

    public String column() {
        return field('c');
    }

    public String constraint() {
        return field('n');
    }
}
