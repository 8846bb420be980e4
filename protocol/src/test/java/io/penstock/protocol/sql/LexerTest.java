package io.penstock.protocol.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** S-01 and S-03: where tokens begin and end. Expected is one {@code KIND text} a token, with a bar between tokens. */
class LexerTest {
    private static final LexerOptions BACKSLASHES = new LexerOptions(false);

    static Stream<Arguments> tokens() {
        return Stream.of(
                arguments("", ""),
                arguments(" \t\r\n\f\u000B -- nothing", ""),
                arguments("a/* /* nested */ ' -- \n */b", "WORD a|WORD b"),
                arguments("a--b\nc--d\re", "WORD a|WORD c|WORD e"),
                arguments("/*/*/ */ */a", "WORD a"),
                arguments("/**/a/***/b", "WORD a|WORD b"),
                arguments("a /* open /* closed */", "WORD a|ERROR /* open /* closed */"),
                arguments("a */ b", "WORD a|OPERATOR */|WORD b"),
                // The no-break space and the byte order mark are letters to Postgres.
                arguments("insert\u00A0into", "WORD insert\u00A0into"),
                arguments("\uFEFFselect", "WORD \uFEFFselect"),
                arguments("é$1_ $1", "WORD é$1_|PARAMETER $1"),
                arguments("'a''b'", "STRING 'a''b'"),
                arguments("'a\\'", "STRING 'a\\'"),
                arguments("E'a\\'b' e'\\\\'", "ESCAPE_STRING E'a\\'b'|ESCAPE_STRING e'\\\\'"),
                arguments("'a", "ERROR 'a"),
                arguments("E'a\\'", "ERROR E'a\\'"),
                arguments("N'a' B'0' X'1F'", "STRING N'a'|BIT_STRING B'0'|BIT_STRING X'1F'"),
                // Only in bit strings do two quotes not stand for one.
                arguments("X'1''; x'", "BIT_STRING X'1'|STRING '; x'"),
                arguments("U&'d!0061' U&\"a\"", "UNICODE_STRING U&'d!0061'|UNICODE_IDENTIFIER U&\"a\""),
                arguments("u & 'a'", "WORD u|OPERATOR &|STRING 'a'"),
                arguments("xe'a'", "WORD xe|STRING 'a'"),
                arguments("'a' \n 'b'", "STRING 'a' \n 'b'"),
                arguments("'a' -- ' no\n\t'b' 'c'", "STRING 'a' -- ' no\n\t'b'|STRING 'c'"),
                arguments("'a' /* c */\n'b'", "STRING 'a'|STRING 'b'"),
                arguments("'a' 'b'", "STRING 'a'|STRING 'b'"),
                arguments("E'a'\n'\\'b'", "ESCAPE_STRING E'a'\n'\\'b'"),
                arguments("\"a\"\"b\"\n\"c\"", "QUOTED_IDENTIFIER \"a\"\"b\"|QUOTED_IDENTIFIER \"c\""),
                arguments("\"\" a", "ERROR \"\"|WORD a"),
                arguments("\"a", "ERROR \"a"),
                arguments("$$a'b$$", "DOLLAR_STRING $$a'b$$"),
                arguments("$a$ $$ $A$ $a $a$b", "DOLLAR_STRING $a$ $$ $A$ $a $a$|WORD b"),
                arguments("$a$x$b$a$", "DOLLAR_STRING $a$x$b$a$"),
                arguments("a$$b$$", "WORD a$$b$$"),
                arguments("$é$ $é$", "DOLLAR_STRING $é$ $é$"),
                arguments("$$a", "ERROR $$a"),
                arguments("$a b", "SYMBOL $|WORD a|WORD b"),
                arguments("$1$2$$a$$", "PARAMETER $1|PARAMETER $2|DOLLAR_STRING $$a$$"),
                arguments("$1a", "ERROR $1a"),
                arguments("1 1.5 .5 1. 1e5 1.5E-3", "NUMBER 1|NUMBER 1.5|NUMBER .5|NUMBER 1.|NUMBER 1e5|NUMBER 1.5E-3"),
                arguments("1_000 0x1_F 0o17 0b_1", "NUMBER 1_000|NUMBER 0x1_F|NUMBER 0o17|NUMBER 0b_1"),
                arguments("1..10", "NUMBER 1|SYMBOL ..|NUMBER 10"),
                arguments("1abc 1_ 0x 1e 1e+", "ERROR 1abc|ERROR 1_|ERROR 0x|ERROR 1e|ERROR 1e+"),
                arguments("a::b:=c", "WORD a|SYMBOL ::|WORD b|SYMBOL :=|WORD c"),
                arguments("a=-1", "WORD a|OPERATOR =|OPERATOR -|NUMBER 1"),
                arguments("a@-1", "WORD a|OPERATOR @-|NUMBER 1"),
                arguments("+-+", "OPERATOR +|OPERATOR -|OPERATOR +"),
                arguments("a*-+-1", "WORD a|OPERATOR *|OPERATOR -|OPERATOR +|OPERATOR -|NUMBER 1"),
                arguments("a+--b\n1", "WORD a|OPERATOR +|NUMBER 1"),
                arguments("a<=/*c*/b", "WORD a|OPERATOR <=|WORD b"),
                arguments("a->>'b'", "WORD a|OPERATOR ->>|STRING 'b'"),
                arguments("{\\}", "SYMBOL {|SYMBOL \\|SYMBOL }"));
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void endsTokensWherePostgresDoes(String sql, String expected) {
        assertThat(lex(sql, LexerOptions.DEFAULT)).isEqualTo(expected);
    }

    static Stream<Arguments> tokensWithoutStandardConformingStrings() {
        return Stream.of(
                arguments("'a\\'b'", "ESCAPE_STRING 'a\\'b'"),
                arguments("N'a\\'b'", "ESCAPE_STRING N'a\\'b'"),
                arguments("U&'a'", "ERROR U&'a'"),
                arguments("U&\"a\"", "UNICODE_IDENTIFIER U&\"a\""),
                arguments("$$a\\$$", "DOLLAR_STRING $$a\\$$"));
    }

    @ParameterizedTest
    @MethodSource("tokensWithoutStandardConformingStrings")
    void followsTheSessionsSetting(String sql, String expected) {
        assertThat(lex(sql, BACKSLASHES)).isEqualTo(expected);
    }

    private static String lex(String sql, LexerOptions options) {
        List<String> tokens = new ArrayList<>();
        Lexer lexer = new Lexer(sql, options);
        for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
            tokens.add(kind + " " + sql.substring(lexer.start(), lexer.end()));
        }
        return String.join("|", tokens);
    }
}
