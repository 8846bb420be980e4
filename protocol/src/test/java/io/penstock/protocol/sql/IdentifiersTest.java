package io.penstock.protocol.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** S-02: what a name is once Postgres has read it. */
class IdentifiersTest {
    static Stream<Arguments> names() {
        return Stream.of(
                arguments("Contacts", "contacts"),
                arguments("\"Contacts\"", "Contacts"),
                arguments("\"a\"\"b\"", "a\"b"),
                // Only ASCII is folded: neither É, nor the Kelvin sign, nor the dotted capital I.
                arguments("ÉA\u212A\u0130", "Éa\u212A\u0130"),
                arguments("U&\"\\0063ontacts\"", "contacts"),
                arguments("u&\"\\+000063ontacts\"", "contacts"),
                arguments("U&\"!0063!!on\\tacts\" UESCAPE '!'", "c!on\\tacts"),
                arguments("U&\"!0063\" /* c */ uescape -- d\n '!'", "c"),
                arguments("U&\"!0063\" uescape $$!$$", "c"),
                arguments("U&\"!0063\" uescape E'\\041'", "c"),
                arguments("U&\"!0063\" uescape E'\\x21'", "c"),
                arguments("U&\"!0063\" uescape ''\n'!'", "c"),
                arguments("U&\"\\d83d\\de00\"", "😀"),
                arguments("U&\"a\"\"b\"", "a\"b"),
                // What Postgres refuses.
                arguments("U&\"\\00\"", null),
                arguments("U&\"\\0000\"", null),
                arguments("U&\"\\d83d\"", null),
                arguments("U&\"\\de00\"", null),
                arguments("U&\"\\d83dx\"", null),
                arguments("U&\"\\+110000\"", null),
                arguments("U&\"a\" uescape '+'", null),
                arguments("U&\"a\" uescape 'ab'", null),
                // NAMEDATALEN: 63 bytes, and never half a character.
                arguments("a".repeat(63) + "b", "a".repeat(63)),
                arguments("\"" + "a".repeat(62) + "éb\"", "a".repeat(62)),
                arguments("\"" + "a".repeat(61) + "éb\"", "a".repeat(61) + "é"),
                arguments("\"" + "😀".repeat(16) + "\"", "😀".repeat(15)),
                arguments("U&\"" + "\\0061".repeat(70) + "\"", "a".repeat(63)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsNamesAsPostgresDoes(String sql, @Nullable String expected) {
        Tokens tokens = Tokens.of(sql, LexerOptions.DEFAULT);
        assertThat(tokens.identifier(0)).isEqualTo(expected);
        assertThat(tokens.afterIdentifier(0)).isEqualTo(tokens.count());
    }
}
