package io.penstock.adapters.definition;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The definitions that come with Penstock. */
public final class BuiltIn {
    /** What {@link #definition} knows. */
    public static final List<String> NAMES = List.of("hubspot", "airtable", "stripe");

    private BuiltIn() {}

    /** One of them. */
    public static Definition definition(String name) {
        return switch (DefinitionReader.read(text(name))) {
            case DefinitionReader.Outcome.Read(Definition definition) -> definition;
            case DefinitionReader.Outcome.Wrong(var mistakes) ->
                throw new IllegalStateException("the definition of " + name + " is broken: " + mistakes);
        };
    }

    /** The definition as it is written, to be read or to begin an own one with. */
    public static String text(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("no built-in definition of " + name);
        }
        try (InputStream resource = BuiltIn.class.getResourceAsStream(name + ".yaml")) {
            if (resource == null) {
                throw new IllegalStateException("the definition of " + name + " is not in the jar");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
