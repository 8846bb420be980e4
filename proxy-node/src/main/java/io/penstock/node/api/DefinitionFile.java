package io.penstock.node.api;

import io.penstock.adapters.definition.Definition;
import io.penstock.adapters.definition.DefinitionReader;
import io.penstock.adapters.definition.yaml.Mistake;
import io.penstock.config.ApiSettings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The definition of an API that a user has written. */
public final class DefinitionFile {
    private DefinitionFile() {}

    /**
     * That of an account of type {@code definition}.
     *
     * @throws IOException where it cannot be read, with everything that is wrong with it
     */
    public static Definition of(ApiSettings settings) throws IOException {
        Path file = settings.definition();
        if (file == null) {
            throw new IllegalArgumentException("account " + settings.name() + " has no definition of its own");
        }
        return switch (read(file)) {
            case DefinitionReader.Outcome.Read(Definition definition) -> definition;
            case DefinitionReader.Outcome.Wrong(List<Mistake> mistakes) ->
                throw new IOException(mistakes.stream()
                        .map(mistake -> file + ": " + mistake)
                        .collect(Collectors.joining(System.lineSeparator())));
        };
    }

    /** @throws IOException where there is no such file, or no text in it */
    public static DefinitionReader.Outcome read(Path file) throws IOException {
        try {
            return DefinitionReader.read(Files.readString(file));
        } catch (CharacterCodingException notText) {
            throw new IOException(file + " is not UTF-8", notText);
        } catch (IOException unreadable) {
            throw new IOException(file + " cannot be read", unreadable);
        }
    }
}
