package io.penstock.adapters.openapi;

/** A document of which no draft can be made. Its message is for the person who gave it. */
public final class ImportRefused extends Exception {
    private static final long serialVersionUID = 1L;

    ImportRefused(String message) {
        super(message);
    }
}
