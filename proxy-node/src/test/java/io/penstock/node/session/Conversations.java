package io.penstock.node.session;

import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random conversations of a client that pipelines wildly, the same for the same seed. Their tables are temporary ones.
 *
 * <p>Two things none of them does, because of what they do to Postgres itself:
 *
 * <ul>
 *   <li>A simple query behind an Execute without a Sync between. Postgres 17 and later then leaves an implicit transaction block open behind
 *       ReadyForQuery ({@code T}), in which its own ROLLBACK fails with XX000; the proxy ends it ({@code I}).
 *   <li>An Execute of the unnamed portal that a simple query may have left behind. Where a simple query has failed inside a block, a server
 *       process (seen in 18.6) dies at times of an Execute of it before the block's end, and all others with it (57P03). Supposedly the
 *       query leaves its portal, whose statements are freed with the message and which {@code exec_execute_message} reads. So behind a
 *       query the unnamed portal is executed only where a Bind of it stands before in the same run up to a Sync: where that fails the
 *       Execute is skipped. Nor is it described elsewhere: Postgres says of what is left that it gives no rows, and of a query that the proxy
 *       has taken apart nothing is left (34000).
 * </ul>
 */
final class Conversations {
    static final String SET_UP =
            "create temp table synced (id int, v int default 0); create temp table other (id int unique deferrable"
                    + " initially deferred)";

    private static final String[] STATEMENTS = {
        "select 1",
        "select generate_series(1, 3)",
        "insert into synced values (1)",
        "insert into synced values (1), (2), (3) returning id",
        "update synced set v = v + 1",
        "delete from synced returning v",
        "select count(*), sum(v) from synced",
        "insert into other values (1)",
        "insert into other select coalesce(max(id), 0) + 1 from other returning id",
        "select count(*) from other",
        "begin",
        "commit",
        "rollback",
        "select 1/0",
        "insert into synced values (1/0)",
        "bogus",
        "prepare x as insert into synced values (9)",
        "prepare y as select 9",
        "execute x",
        "execute y",
        "execute a",
        "deallocate x",
        "deallocate all",
        "discard all",
        "explain (costs off) insert into synced values (1)",
        "",
        "insert into nowhere values (1)",
        "set standard_conforming_strings = off",
        "set standard_conforming_strings = on",
        "select 'a\\', insert into synced values (2); --'",
        "begin; insert into synced values (3); commit",
        "insert into other values (7); insert into synced values (4); select count(*) from synced",
        "insert into synced values (5); select 1/0; insert into synced values (6)",
        "insert into synced values (5); begin; insert into synced values (6)",
        "select 1; insert into synced values (8) returning id; rollback",
        "insert into other values (1); insert into synced values (1); insert into other values (1)",
        "prepare x as insert into synced values (7); execute x; deallocate x",
    };

    /** SQL's PREPARE has {@code x} and {@code y}, too. */
    private static final String[] NAMES = {"", "", "a", "x"};

    private static final String[] PORTAL_NAMES = {"", "", "p"};

    private Conversations() {}

    /** Groups of messages; a client that waits reads after each group, which ends with Sync or Query, to a marker. */
    static List<FrontendMessage[]> random(long seed, int groups) {
        return random(seed, groups, false);
    }

    /** The same, but no statement executes itself, by whatever detour. */
    static List<FrontendMessage[]> withoutCircles(long seed, int groups) {
        return random(seed, groups, true);
    }

    private static List<FrontendMessage[]> random(long seed, int groups, boolean withoutCircles) {
        Random random = new Random(seed);
        boolean executed = false;
        boolean queried = false;
        boolean bound = false;
        List<FrontendMessage[]> conversation = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            List<FrontendMessage> messages = new ArrayList<>();
            int count = 1 + random.nextInt(10);
            for (int i = 0; i < count; i++) {
                List<FrontendMessage> next = next(random, withoutCircles);
                if (executed && next.getFirst() instanceof FrontendMessage.Query) {
                    messages.add(new FrontendMessage.Sync());
                }
                for (FrontendMessage message : next) {
                    if (message instanceof FrontendMessage.Execute(String portal, int maxRows)
                            && portal.isEmpty()
                            && queried
                            && !bound) {
                        message = new FrontendMessage.Execute("p", maxRows);
                    }
                    if (message instanceof FrontendMessage.Describe(Target target, String name)
                            && target == Target.PORTAL
                            && name.isEmpty()
                            && queried
                            && !bound) {
                        message = new FrontendMessage.Describe(target, "p");
                    }
                    switch (message) {
                        case FrontendMessage.Execute _ -> executed = true;
                        case FrontendMessage.Bind bind -> bound |= bind.portal().isEmpty();
                        case FrontendMessage.Query _ -> {
                            executed = false;
                            bound = false;
                            queried = true;
                        }
                        case FrontendMessage.Sync _ -> {
                            executed = false;
                            bound = false;
                        }
                        default -> {}
                    }
                    messages.add(message);
                }
            }
            conversation.add(messages.toArray(FrontendMessage[]::new));
        }
        return conversation;
    }

    private static List<FrontendMessage> next(Random random, boolean withoutCircles) {
        String statement = pick(NAMES, random);
        String portal = pick(PORTAL_NAMES, random);
        FrontendMessage bind = new FrontendMessage.Bind(portal, statement, new short[0], List.of(), new short[0]);
        String sql = pick(STATEMENTS, random);
        if (withoutCircles && !statement.isEmpty() && sql.startsWith("execute")) {
            sql = "select 2";
        }
        FrontendMessage parse = new FrontendMessage.Parse(statement, sql, new int[0]);
        FrontendMessage execute = new FrontendMessage.Execute(portal, random.nextInt(3));
        return switch (random.nextInt(14)) {
            case 0, 1 -> List.of(new FrontendMessage.Query(pick(STATEMENTS, random)));
            case 2 -> List.of(parse);
            case 3 -> List.of(bind);
            case 4 -> List.of(execute);
            case 5 -> List.of(new FrontendMessage.Describe(Target.PORTAL, portal));
            case 6 -> List.of(new FrontendMessage.Describe(Target.STATEMENT, statement));
            case 7 -> List.of(new FrontendMessage.Close(Target.STATEMENT, statement));
            case 8 -> List.of(new FrontendMessage.Close(Target.PORTAL, portal));
            case 9 -> List.of(new FrontendMessage.Flush());
            case 10 -> List.of(new FrontendMessage.Sync());
            default -> List.of(parse, bind, execute);
        };
    }

    private static String pick(String[] from, Random random) {
        return from[random.nextInt(from.length)];
    }
}
