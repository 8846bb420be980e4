package io.penstock.adapters.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.Json;
import io.penstock.adapters.salesforce.SalesforceValues.Converted;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values both ways. */
class SalesforceValuesTest {
    private static final Map<String, ColumnType> TYPES = Map.of(
            "text", ColumnType.TEXT,
            "numeric", ColumnType.NUMERIC,
            "bigint", ColumnType.WHOLE,
            "boolean", ColumnType.BOOL,
            "date", ColumnType.DATE,
            "time", ColumnType.TIME,
            "timestamptz", ColumnType.TIMESTAMP,
            "jsonb", ColumnType.JSON,
            "text[]", ColumnType.TEXT_ARRAY);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text|'x'|'x'",
                "text|''|''",
                "text|null|null",
                "text|7|'7'",
                "numeric|1.50|1.50",
                "numeric|1E+3|1000",
                "numeric|'NaN'|unfit",
                "numeric|'-Infinity'|unfit",
                "bigint|9007199254740993|9007199254740993",
                "boolean|true|true",
                "date|'2026-01-02'|'2026-01-02'",
                "date|'infinity'|unfit",
                "date|'0044-03-15 BC'|unfit",
                "date|'12026-01-02'|unfit",
                "time|'10:11:12'|'10:11:12.000Z'",
                "time|'10:11:12.3'|'10:11:12.300Z'",
                "time|'10:11:12.345678'|'10:11:12.345Z'",
                "timestamptz|'2026-01-02T03:04:05+00:00'|'2026-01-02T03:04:05.000+0000'",
                "timestamptz|'2026-01-02T03:04:05.999999-11:30'|'2026-01-02T14:34:05.999+0000'",
                "timestamptz|'1890-01-01T00:00:00+00:53:28'|'1889-12-31T23:06:32.000+0000'",
                "timestamptz|'infinity'|unfit",
                "timestamptz|'0044-03-15T00:00:00+00:00 BC'|unfit",
                "timestamptz|'2026-01-02Tnonsense'|unfit",
                "text[]|['a','b']|'a;b'",
                "text[]|['a']|'a'",
                "text[]|[]|null",
                "text[]|['a;b']|unfit",
                "text[]|['']|unfit",
                "text[]|[null]|unfit",
                "text[]|[['a']]|unfit",
                "text[]|'a'|unfit"
            })
    void towardsTheApi(String type, String value, String expected) {
        Converted converted = SalesforceValues.toApi(type(type), Contacts.json(value));
        switch (converted) {
            case Converted.Value(JsonNode json) -> assertThat(json.toString()).isEqualTo(expected.replace('\'', '"'));
            case Converted.Unfit unfit -> assertThat("unfit").as(unfit.reason()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text|'x'|'x'",
                "text|7.0|'7.0'",
                "text|{'a':1}|'{\"a\":1}'",
                "numeric|1.50|1.50",
                "bigint|5.0|5",
                "bigint|0.0|0",
                "bigint|5|5",
                "bigint|5.5|5.5",
                "boolean|false|false",
                "date|'2026-01-02'|'2026-01-02'",
                "time|'10:11:12.000Z'|'10:11:12.000'",
                "timestamptz|'2026-01-02T03:04:05.000+0000'|'2026-01-02T03:04:05+00:00'",
                "timestamptz|'2026-01-02T03:04:05.120+0000'|'2026-01-02T03:04:05.12+00:00'",
                "timestamptz|'2026-01-02T03:04:05Z'|'2026-01-02T03:04:05+00:00'",
                "timestamptz|'2026-01-02T03:04:05+01:00'|'2026-01-02T02:04:05+00:00'",
                "timestamptz|'soon'|'soon'",
                "timestamptz|7|7",
                "jsonb|{'a':[1]}|{'a':[1]}",
                "text[]|'a;b'|['a','b']",
                "text[]|'a'|['a']",
                "text[]|null|null"
            })
    void towardsPostgres(String type, String value, String expected) {
        String text = SalesforceValues.fromApi(type(type), Contacts.json(value)).toString();
        assertThat(text)
                .isEqualTo(
                        expected.contains("\\\"") || expected.contains("{\"")
                                ? "\"{\\\"a\\\":1}\""
                                : expected.replace('\'', '"'));
    }

    /** A number of many digits in a short notation must not be written out. */
    @Test
    void hugeExponentsStayShort() {
        BigDecimal huge = new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE + 1);
        Converted.Value value = (Converted.Value) SalesforceValues.toApi(ColumnType.NUMERIC, DecimalNode.valueOf(huge));
        assertThat(value.json().decimalValue()).isEqualTo(huge);
        assertThat(SalesforceValues.fromApi(ColumnType.WHOLE, DecimalNode.valueOf(huge))
                        .decimalValue())
                .isEqualTo(huge);
    }

    /** What a row asked for and what the API would answer are the same thing to it. */
    @Test
    void whatGoesThereComesBack() {
        Random random = new Random(20260102);
        for (int i = 0; i < 2_000; i++) {
            for (ColumnType type : TYPES.values()) {
                JsonNode value = random(type, random);
                Converted.Value sent = (Converted.Value) SalesforceValues.toApi(type, value);
                JsonNode back = SalesforceValues.fromApi(type, sent.json());
                boolean same = switch (type) {
                    case ColumnType.Timestamp _ ->
                        instant(value).truncatedTo(ChronoUnit.MILLIS).equals(instant(back));
                    case ColumnType.Numeric _ -> value.decimalValue().compareTo(back.decimalValue()) == 0;
                    case ColumnType.Time _ -> back.asText().startsWith(value.asText());
                    case ColumnType.Text _,
                            ColumnType.Whole _,
                            ColumnType.Bool _,
                            ColumnType.Date _,
                            ColumnType.Json _,
                            ColumnType.TextArray _ -> back.equals(value);
                };
                assertThat(same).as("%s: %s became %s", type, value, back).isTrue();
            }
        }
    }

    private static Instant instant(JsonNode text) {
        return OffsetDateTime.parse(text.textValue()).toInstant();
    }

    private static ColumnType type(String name) {
        return Objects.requireNonNull(TYPES.get(name));
    }

    private static JsonNode random(ColumnType type, Random random) {
        return switch (type) {
            case ColumnType.Text _ -> new TextNode(text(random));
            case ColumnType.Numeric _ ->
                DecimalNode.valueOf(new BigDecimal(new BigInteger(90, random), random.nextInt(60) - 30));
            case ColumnType.Whole _ -> Json.object().numberNode(random.nextLong());
            case ColumnType.Bool _ -> Json.object().booleanNode(random.nextBoolean());
            case ColumnType.Date _ ->
                new TextNode(LocalDate.ofEpochDay(random.nextInt(60_000)).toString());
            case ColumnType.Time _ ->
                new TextNode(
                        String.format("%02d:%02d:%02d", random.nextInt(24), random.nextInt(60), random.nextInt(60)));
            case ColumnType.Timestamp _ -> {
                Instant instant = Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1000L);
                ZoneOffset offset = ZoneOffset.ofTotalSeconds(60 * (random.nextInt(1600) - 800));
                yield new TextNode(instant.atOffset(offset)
                        .format(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)));
            }
            case ColumnType.Json _ -> Json.object().put("a", text(random));
            case ColumnType.TextArray _ -> {
                ArrayNode options = Json.array();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    options.add("x" + text(random).replace(";", ""));
                }
                yield options;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(random.nextBoolean() ? 32 + random.nextInt(90) : 0x1F400 + random.nextInt(60));
        }
        return text.toString();
    }
}
