package io.penstock.node.mutation;

import io.penstock.config.MutationSettings;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiGateway;
import io.penstock.node.backend.WriterPool;
import io.penstock.node.journal.Journal;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * What the mutations of one database need of the node.
 *
 * @param accounts by the name that {@link SyncedTable#account} gives
 * @param blockers asks Postgres who blocks a writer, while it waits for a lock
 * @param lockTimeout how long a writer waits for rows that others hold
 * @param resolveTime how long a statement tries to find out what became of a lost request before it reports it as unknown
 * @param timer for repeated looks; does no work itself
 * @param crashPoints {@link CrashPoints#NONE}, but for tests
 * @param ids time-ordered, so that the journal's index grows at one end
 */
public record MutationServices(
        SyncedTables tables,
        MutationSettings settings,
        WriterPool writers,
        ApiGateway gateway,
        Map<String, Account> accounts,
        Journal journal,
        LockWatch blockers,
        Duration writerWait,
        Duration lockTimeout,
        Duration resolveTime,
        ScheduledExecutorService timer,
        Clock clock,
        CrashPoints crashPoints,
        Supplier<UUID> ids) {
    public MutationServices {
        accounts = Map.copyOf(accounts);
    }
}
