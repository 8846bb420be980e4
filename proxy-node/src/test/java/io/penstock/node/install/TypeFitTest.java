package io.penstock.node.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.ColumnType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which types may become which, without a value that is lost. */
class TypeFitTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # described     | standing                      | fit
            text            | text                          | SAME
            text            | character varying             | SAME
            text            | character varying(80)         | WIDENS
            text            | character(80)                 | OTHER
            text            | bigint                        | OTHER
            varchar(80)     | character varying(80)         | SAME
            varchar(80)     | character varying(79)         | WIDENS
            varchar(80)     | character varying(81)         | ROOMIER
            varchar(80)     | text                          | ROOMIER
            varchar(80)     | integer                       | OTHER
            numeric         | numeric                       | SAME
            numeric         | numeric(18,2)                 | WIDENS
            numeric         | bigint                        | WIDENS
            numeric         | double precision              | OTHER
            numeric(18,2)   | numeric(18,2)                 | SAME
            numeric(18,2)   | numeric(16,2)                 | WIDENS
            numeric(18,2)   | numeric(17,1)                 | WIDENS
            numeric(18,2)   | numeric(18,1)                 | OTHER
            numeric(18,2)   | numeric(19,2)                 | ROOMIER
            numeric(18,2)   | numeric                       | ROOMIER
            numeric(18,2)   | bigint                        | OTHER
            bigint          | bigint                        | SAME
            bigint          | integer                       | WIDENS
            bigint          | smallint                      | WIDENS
            bigint          | numeric                       | ROOMIER
            bigint          | text                          | OTHER
            boolean         | boolean                       | SAME
            boolean         | text                          | OTHER
            date            | date                          | SAME
            date            | timestamp with time zone      | OTHER
            time            | time without time zone        | SAME
            timestamptz     | timestamp with time zone      | SAME
            timestamptz     | timestamp without time zone   | OTHER
            jsonb           | jsonb                         | SAME
            jsonb           | json                          | OTHER
            text[]          | text[]                        | SAME
            text[]          | text                          | OTHER
            """)
    void aTypeIsWidenedOnlyWhereEveryValueStaysWhatItIs(String described, String standing, TypeFit fit) {
        assertThat(TypeFit.of(type(described), standing)).isEqualTo(fit);
    }

    private static ColumnType type(String sql) {
        return switch (sql) {
            case "text" -> ColumnType.TEXT;
            case "varchar(80)" -> new ColumnType.Text(80);
            case "numeric" -> ColumnType.NUMERIC;
            case "numeric(18,2)" -> new ColumnType.Numeric(18, 2);
            case "bigint" -> ColumnType.WHOLE;
            case "boolean" -> ColumnType.BOOL;
            case "date" -> ColumnType.DATE;
            case "time" -> ColumnType.TIME;
            case "timestamptz" -> ColumnType.TIMESTAMP;
            case "jsonb" -> ColumnType.JSON;
            case "text[]" -> ColumnType.TEXT_ARRAY;
            default -> throw new IllegalArgumentException(sql);
        };
    }
}
