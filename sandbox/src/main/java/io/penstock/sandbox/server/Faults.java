package io.penstock.sandbox.server;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The faults that wait for a request. The oldest rule that matches strikes, and one request is struck once. */
public final class Faults {
    private static final int ALWAYS = -1;

    /** One rule; {@code times} counts down, or is {@link #ALWAYS}. */
    private record Rule(FaultMatch match, Fault fault, int times) {}

    private final List<Rule> rules = new ArrayList<>();

    /** Strikes the next request that is not for a token. */
    public void next(Fault fault) {
        next(1, FaultMatch.ANY, fault);
    }

    public void next(FaultMatch match, Fault fault) {
        next(1, match, fault);
    }

    public synchronized void next(int times, FaultMatch match, Fault fault) {
        if (times < 1) {
            throw new IllegalArgumentException("a fault strikes at least once, not " + times);
        }
        rules.add(new Rule(match, fault, times));
    }

    public synchronized void always(FaultMatch match, Fault fault) {
        rules.add(new Rule(match, fault, ALWAYS));
    }

    public synchronized void clear() {
        rules.clear();
    }

    /** How many rules still wait. */
    public synchronized int waiting() {
        return rules.size();
    }

    synchronized @Nullable Fault take(SandboxRequest request, SandboxApi api) {
        if (rules.isEmpty()) {
            return null;
        }
        for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
            Rule rule = each.next();
            if (rule.match().matches(request, api)) {
                if (rule.times() == 1) {
                    each.remove();
                } else if (rule.times() != ALWAYS) {
                    rules.set(rules.indexOf(rule), new Rule(rule.match(), rule.fault(), rule.times() - 1));
                }
                return rule.fault();
            }
        }
        return null;
    }
}
