package io.penstock.node.api;

import io.penstock.adapters.definition.Definition;
import io.penstock.adapters.definition.DefinitionReader;
import io.penstock.adapters.definition.yaml.Mistake;
import io.penstock.config.ApiSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The definition of an API that a user has written. */
public final class DefinitionFile {
    /** Bytes; far more than a definition needs. */
    private static final int LONGEST = 4 << 20;

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
        return DefinitionReader.read(text(file, LONGEST));
    }

    /**
     * A file whole.
     *
     * @param longest in bytes
     * @throws IOException where there is no such file, it is longer, or no text
     */
    public static String text(Path file, int longest) throws IOException {
        try {
            byte[] bytes;
            // Bounded while it is read: a pipe has no size.
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(longest + 1);
            }
            if (bytes.length > longest) {
                throw new IOException(file + " is longer than " + longest + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new IOException(file + " is not UTF-8", notText);
        } catch (NoSuchFileException none) {
            throw new IOException(file + " does not exist", none);
        } catch (FileSystemException unreadable) {
            throw new IOException(file + " cannot be read", unreadable);
        }
    }
}
