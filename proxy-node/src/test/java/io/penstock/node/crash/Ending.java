package io.penstock.node.crash;

/**
 * What became of an attempt.
 *
 * @param state of its journal entry; NONE where it has none
 * @param updatedMillis when the entry took that state, by Postgres's clock since 1970; 0 where it has none
 * @param remark what is noted beside the state, or an empty text
 */
record Ending(String state, long updatedMillis, String remark) {
    static final Ending NONE = new Ending("NONE", 0, "");

    /** Somebody has to find out or to finish. */
    boolean open() {
        return switch (state) {
            case "INTENT", "ACCEPTED", "IN_DOUBT", "PARKED" -> true;
            default -> false;
        };
    }

    boolean applied() {
        return state.equals("APPLIED");
    }
}
