package io.penstock.adapters;

/** What one call takes from one of the account's {@link Bucket}s. */
public record PermitCost(String bucket, int permits) {
    public PermitCost {
        if (permits < 1) {
            throw new IllegalArgumentException("a cost is at least one permit");
        }
    }
}
