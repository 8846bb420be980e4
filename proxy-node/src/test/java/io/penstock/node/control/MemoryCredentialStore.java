package io.penstock.node.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A {@link CredentialStore} that keeps to the contract and remembers everything that was ever stored. */
public final class MemoryCredentialStore implements CredentialStore {
    private final Map<String, StoredCredential> kept = new HashMap<>();
    private final Map<String, Long> epochs = new HashMap<>();
    private final Map<String, Origin> origins = new HashMap<>();
    private final List<StoredCredential> stored = new ArrayList<>();
    private boolean broken;

    @Override
    public synchronized CompletionStage<Begun> begin(String account, Origin origin) {
        if (broken) {
            return broken();
        }
        long epoch = epochs.merge(account, 1L, Long::sum);
        if (!origin.equals(origins.put(account, origin))) {
            kept.put(
                    account,
                    new StoredCredential(
                            kept.containsKey(account) ? credential(account).version() + 1 : 1,
                            origin.accessToken(),
                            origin.refreshToken(),
                            null,
                            null,
                            null));
        }
        return CompletableFuture.completedFuture(new Begun(epoch, credential(account), null));
    }

    @Override
    public synchronized CompletionStage<Optional<StoredCredential>> look(String account, Origin origin) {
        return broken
                ? broken()
                : CompletableFuture.completedFuture(
                        origin.equals(origins.get(account)) ? Optional.of(credential(account)) : Optional.empty());
    }

    @Override
    public synchronized CompletionStage<Boolean> claim(String account, long epoch) {
        return broken ? broken() : CompletableFuture.completedFuture(epochs.getOrDefault(account, 0L) == epoch);
    }

    @Override
    public synchronized CompletionStage<Boolean> store(
            String account, long expectedVersion, StoredCredential credential) {
        if (broken) {
            return broken();
        }
        if (credential(account).version() != expectedVersion) {
            return CompletableFuture.completedFuture(false);
        }
        kept.put(account, credential);
        stored.add(credential);
        return CompletableFuture.completedFuture(true);
    }

    private StoredCredential credential(String account) {
        return Objects.requireNonNull(kept.get(account));
    }

    private static <T> CompletionStage<T> broken() {
        return CompletableFuture.failedFuture(new IllegalStateException("the store is away"));
    }

    /** Whether everything fails from now on. */
    public synchronized void breakDown(boolean on) {
        broken = on;
    }

    public synchronized List<StoredCredential> stored() {
        return List.copyOf(stored);
    }
}
