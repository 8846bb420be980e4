package io.penstock.protocol.session;

import io.penstock.protocol.sql.Classified;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code penstock.dry_run} as Postgres keeps it: a value of the session, taken back with the transaction that set it, and perhaps one of
 * the transaction. In doubt, after ROLLBACK TO, it counts as on: nothing is sent that should not be.
 */
final class DryRunState {
    static final String SETTING = "penstock.dry_run";

    private static final Pattern OPTION =
            Pattern.compile("(?:-c\\s*|--)penstock\\.dry[_-]run=(\\S+)", Pattern.CASE_INSENSITIVE);

    private final boolean initially;
    private boolean session;
    private @Nullable Boolean local;
    private @Nullable Boolean before;
    private boolean wasOn;

    DryRunState(Map<String, String> startupParameters) {
        boolean on = isOn(startupParameters.get(SETTING));
        String options = startupParameters.get("options");
        if (options != null) {
            Matcher matcher = OPTION.matcher(options);
            while (matcher.find()) {
                on = isOn(matcher.group(1));
            }
        }
        initially = on;
        session = on;
    }

    boolean on() {
        return local == null ? session : local;
    }

    /** SET or RESET has been completed. */
    void changed(Classified.DryRun change) {
        switch (change.action()) {
            case ON -> set(true, change.local());
            case OFF -> set(false, change.local());
            case RESET -> set(initially, change.local());
            case SHOW, INVALID -> {}
        }
    }

    /** RESET ALL or DISCARD ALL has been completed. */
    void reset() {
        set(initially, false);
    }

    void rolledBackToSavepoint() {
        if (before != null || local != null) {
            local = wasOn;
        }
    }

    void transactionEnded(boolean committed) {
        if (!committed && before != null) {
            session = before;
        }
        before = null;
        local = null;
        wasOn = false;
    }

    private void set(boolean on, boolean local) {
        wasOn |= on() || on;
        if (local) {
            this.local = on;
        } else {
            if (before == null) {
                before = session;
            }
            session = on;
            this.local = null;
        }
    }

    /** What Postgres takes for true, with its abbreviations. */
    private static boolean isOn(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return false;
        }
        String lower = value.toLowerCase(Locale.ROOT);
        return lower.equals("on") || lower.equals("1") || "true".startsWith(lower) || "yes".startsWith(lower);
    }
}
