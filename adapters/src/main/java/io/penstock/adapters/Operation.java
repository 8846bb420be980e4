package io.penstock.adapters;

/** What a mutation asks of the API. Apart from SQL's own verbs, because an API's native upsert will be a third kind of INSERT. */
public enum Operation {
    INSERT,
    UPDATE,
    DELETE
}
