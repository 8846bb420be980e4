package io.penstock.sandbox.stripe;

import java.util.List;

/**
 * One parameter of an endpoint.
 *
 * @param name without the brackets around it
 */
record StripeParameter(String name, Kind kind, Presence presence) {

    /** What may be left out or empty. */
    enum Presence {
        REQUIRED,
        /** May be left out; given, it has to have a value. */
        OPTIONAL,
        /** May be left out; the empty text unsets it. */
        CLEARABLE
    }

    /** What a value has to look like. */
    sealed interface Kind {}

    /** Any text of at most so many characters. */
    record Text(int longest) implements Kind {}

    record Email() implements Kind {}

    record Whole(long least, long most) implements Kind {}

    /** A number with at most twelve digits after the point, kept as text. */
    record Decimal() implements Kind {}

    record Flag() implements Kind {}

    record Choice(List<String> values) implements Kind {}

    record Texts() implements Kind {}

    /** Fifty keys of forty characters with values of five hundred; an empty value removes its key. */
    record Metadata() implements Kind {}

    record Group(List<StripeParameter> members) implements Kind {}

    /** A moment in seconds, or bounds for it by {@code gt}, {@code gte}, {@code lt} and {@code lte}. */
    record Range() implements Kind {}

    /** Known to Stripe and not to this sandbox; refused in so many words, because to ignore it would be a lie. */
    record NotHere() implements Kind {}

    static StripeParameter required(String name, Kind kind) {
        return new StripeParameter(name, kind, Presence.REQUIRED);
    }

    static StripeParameter optional(String name, Kind kind) {
        return new StripeParameter(name, kind, Presence.OPTIONAL);
    }

    static StripeParameter clearable(String name, Kind kind) {
        return new StripeParameter(name, kind, Presence.CLEARABLE);
    }

    static StripeParameter notHere(String name) {
        return optional(name, new NotHere());
    }

    static final StripeParameter EXPAND = optional("expand", new Texts());
    static final StripeParameter METADATA = clearable("metadata", new Metadata());

    /** What every list takes. */
    static final List<StripeParameter> PAGING = List.of(
            optional("limit", new Whole(1, 100)),
            optional("starting_after", new Text(5_000)),
            optional("ending_before", new Text(5_000)),
            optional("created", new Range()),
            EXPAND);

    static final Group ADDRESS = new Group(List.of(
            clearable("city", new Text(5_000)),
            clearable("country", new Text(5_000)),
            clearable("line1", new Text(5_000)),
            clearable("line2", new Text(5_000)),
            clearable("postal_code", new Text(5_000)),
            clearable("state", new Text(5_000))));
}
