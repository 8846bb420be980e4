package io.penstock.sandbox.stripe;

import java.util.Random;

/** Makes ids as Stripe's look, the same ones in the same order for the same seed. */
final class StripeIds {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String HEX = "0123456789ABCDEF";

    private Random random;

    StripeIds(long seed) {
        random = new Random(seed);
    }

    void restart(long seed) {
        random = new Random(seed);
    }

    /** {@code cus_} or {@code prod_} or {@code req_} and fourteen letters. */
    String brief(String prefix) {
        return prefix + letters(LETTERS, 14);
    }

    /** {@code price_1} or {@code evt_1} and twenty-three letters. */
    String whole(String prefix) {
        return prefix + "1" + letters(LETTERS, 23);
    }

    /** What the numbers of a customer's invoices begin with. */
    String invoicePrefix() {
        return letters(HEX, 8);
    }

    private String letters(String alphabet, int length) {
        StringBuilder id = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            id.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return id.toString();
    }
}
