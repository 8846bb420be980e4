package io.penstock.adapters;

import org.jspecify.annotations.Nullable;

/** The Postgres types that synced columns have. A closed set, so that every adapter converts all of them. */
public sealed interface ColumnType {
    ColumnType TEXT = new Text(null);
    ColumnType NUMERIC = new Numeric(null, null);
    ColumnType WHOLE = new Whole();
    ColumnType BOOL = new Bool();
    ColumnType DATE = new Date();
    ColumnType TIME = new Time();
    ColumnType TIMESTAMP = new Timestamp();
    ColumnType JSON = new Json();
    ColumnType TEXT_ARRAY = new TextArray();

    /** The type as it stands in CREATE TABLE. */
    String sql();

    /** {@code text}, or {@code varchar(n)} where the API limits the length (in characters). */
    record Text(@Nullable Integer maxLength) implements ColumnType {
        public Text {
            if (maxLength != null && maxLength < 1) {
                throw new IllegalArgumentException("length of text must be positive: " + maxLength);
            }
        }

        @Override
        public String sql() {
            return maxLength == null ? "text" : "varchar(" + maxLength + ")";
        }
    }

    /** {@code numeric}; without precision where the API may hold more digits than it declares. */
    record Numeric(@Nullable Integer precision, @Nullable Integer scale) implements ColumnType {
        public Numeric {
            if ((precision == null) != (scale == null)) {
                throw new IllegalArgumentException("precision and scale come together");
            }
        }

        @Override
        public String sql() {
            return precision == null ? "numeric" : "numeric(" + precision + "," + scale + ")";
        }
    }

    /** {@code bigint}. */
    record Whole() implements ColumnType {
        @Override
        public String sql() {
            return "bigint";
        }
    }

    /** {@code boolean}. */
    record Bool() implements ColumnType {
        @Override
        public String sql() {
            return "boolean";
        }
    }

    /** {@code date}. */
    record Date() implements ColumnType {
        @Override
        public String sql() {
            return "date";
        }
    }

    /** {@code time} without time zone. */
    record Time() implements ColumnType {
        @Override
        public String sql() {
            return "time";
        }
    }

    /** {@code timestamptz}: APIs hold points in time, never local time. */
    record Timestamp() implements ColumnType {
        @Override
        public String sql() {
            return "timestamptz";
        }
    }

    /** {@code jsonb}: what has a structure of its own. */
    record Json() implements ColumnType {
        @Override
        public String sql() {
            return "jsonb";
        }
    }

    /** {@code text[]}: several options or references in one column. */
    record TextArray() implements ColumnType {
        @Override
        public String sql() {
            return "text[]";
        }
    }
}
