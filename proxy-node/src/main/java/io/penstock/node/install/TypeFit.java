package io.penstock.node.install;

import io.penstock.adapters.ColumnType;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the type of a column that stands in Postgres suits what the API describes today. */
enum TypeFit {
    SAME,
    /** It can become the described one, and every value that it holds or could hold stays what it is. */
    WIDENS,
    /** It takes more than the API does, which refuses that itself. */
    ROOMIER,
    /** Another type: what its values become is for a person to say. */
    OTHER;

    private static final Pattern VARCHAR = Pattern.compile("character varying\\((\\d+)\\)");
    private static final Pattern NUMERIC = Pattern.compile("numeric\\((\\d+),(-?\\d+)\\)");
    private static final Set<String> WHOLE = Set.of("smallint", "integer", "bigint");

    /** @param standing as format_type names it */
    static TypeFit of(ColumnType described, String standing) {
        return switch (described) {
            case ColumnType.Text(Integer most) ->
                standing.equals("text") || standing.equals("character varying")
                        ? most == null ? SAME : ROOMIER
                        : varchar(most == null ? Integer.MAX_VALUE : most, standing);
            case ColumnType.Numeric(Integer precision, Integer scale) ->
                precision == null || scale == null ? numeric(standing) : numeric(precision, scale, standing);
            case ColumnType.Whole() ->
                switch (standing) {
                    case "bigint" -> SAME;
                    case "integer", "smallint" -> WIDENS;
                    case "numeric" -> ROOMIER;
                    default -> OTHER;
                };
            case ColumnType.Bool() -> exactly("boolean", standing);
            case ColumnType.Date() -> exactly("date", standing);
            case ColumnType.Time() -> exactly("time without time zone", standing);
            case ColumnType.Timestamp() -> exactly("timestamp with time zone", standing);
            case ColumnType.Json() -> exactly("jsonb", standing);
            case ColumnType.TextArray() -> exactly("text[]", standing);
        };
    }

    private static TypeFit exactly(String described, String standing) {
        return described.equals(standing) ? SAME : OTHER;
    }

    private static TypeFit varchar(int most, String standing) {
        Matcher matcher = VARCHAR.matcher(standing);
        if (!matcher.matches()) {
            return OTHER;
        }
        int length = Integer.parseInt(matcher.group(1));
        return length == most ? SAME : length < most ? WIDENS : ROOMIER;
    }

    private static TypeFit numeric(String standing) {
        return standing.equals("numeric")
                ? SAME
                : WHOLE.contains(standing) || NUMERIC.matcher(standing).matches() ? WIDENS : OTHER;
    }

    private static TypeFit numeric(int precision, int scale, String standing) {
        if (standing.equals("numeric")) {
            return ROOMIER;
        }
        Matcher matcher = NUMERIC.matcher(standing);
        if (!matcher.matches()) {
            return OTHER;
        }
        int standingScale = Integer.parseInt(matcher.group(2));
        int moreScale = scale - standingScale;
        int moreWhole = precision - scale - (Integer.parseInt(matcher.group(1)) - standingScale);
        if (moreScale == 0 && moreWhole == 0) {
            return SAME;
        }
        return moreScale >= 0 && moreWhole >= 0 ? WIDENS : moreScale <= 0 && moreWhole <= 0 ? ROOMIER : OTHER;
    }
}
