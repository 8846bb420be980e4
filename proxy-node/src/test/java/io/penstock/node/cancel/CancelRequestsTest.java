package io.penstock.node.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** keys cannot be guessed, and nobody is told how near a guess was. */
class CancelRequestsTest {
    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final List<String> forwarded = new ArrayList<>();
    private final CancelRequests requests = new CancelRequests(CancelRoutes.alone(), new SecureRandom(), clock::get);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private int session(byte[] secret) {
        int processId = requests.freshProcessId();
        register(requests, processId, secret);
        return processId;
    }

    private CancelKey register(CancelRequests at, int processId, byte[] secret) {
        return at.register(processId, secret, () -> {
            cancelled.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        });
    }

    /** A node that notes what it forwards. */
    private CancelRequests second() {
        return new CancelRequests(
                new CancelRoutes() {
                    @Override
                    public int tag() {
                        return ProcessIds.SMALLEST_TAG + 1;
                    }

                    @Override
                    public CompletionStage<Boolean> forward(int tag, int processId, byte[] secret) {
                        forwarded.add(tag + "/" + secret.length);
                        return CompletableFuture.completedFuture(true);
                    }

                    @Override
                    public CompletionStage<Boolean> forwardToAll(int processId, byte[] secret) {
                        forwarded.add("all/" + secret.length);
                        return CompletableFuture.completedFuture(true);
                    }

                    @Override
                    public void deliverTo(Delivery delivery) {
                        // Nobody forwards here.
                    }
                },
                new SecureRandom(),
                clock::get);
    }

    private boolean reaches(String from, int processId, byte[] secret) {
        int before = cancelled.get();
        assertThat(requests.take(address(from), processId, secret).toCompletableFuture())
                .isCompleted();
        return cancelled.get() > before;
    }

    @Test
    void theRightKeyReachesItsSessionUntilThatIsForgotten() {
        byte[] secret = requests.freshSecret();
        int processId = requests.freshProcessId();
        CancelKey key = register(requests, processId, secret);

        assertThat(processId).isPositive();
        assertThat(reaches("192.0.2.1", processId, secret)).isTrue();
        assertThat(reaches("192.0.2.1", processId, new byte[32])).isFalse();
        assertThat(reaches("192.0.2.1", processId, new byte[4])).isFalse();
        key.forget();
        assertThat(reaches("192.0.2.1", processId, secret)).isFalse();
    }

    @Test
    void ofAMillionGuessesNoneHitsAndOneAddressGetsFewLooks() {
        List<Integer> sessions = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            sessions.add(session(requests.freshSecret()));
        }
        Random random = new Random(7);
        for (int i = 0; i < 1_000_000; i++) {
            byte[] guess = new byte[i % 2 == 0 ? 4 : 32];
            random.nextBytes(guess);
            int processId = i % 3 == 0 ? random.nextInt() : sessions.get(i % sessions.size());
            assertThat(requests.take(address("192.0.2.1"), processId, guess)
                            .toCompletableFuture()
                            .isDone())
                    .isTrue();
        }
        assertThat(cancelled).hasValue(0);
        byte[] secret = requests.freshSecret();
        assertThat(reaches("192.0.2.1", session(secret), secret)).isFalse();
    }

    @Test
    void whoGuessesIsNotHeardForAWhileAndNobodyElseIsAffected() {
        byte[] secret = requests.freshSecret();
        int processId = session(secret);
        for (int i = 0; i < 50; i++) {
            assertThat(reaches("192.0.2.1", processId, new byte[32])).isFalse();
        }

        assertThat(reaches("192.0.2.1", processId, secret)).isFalse();
        assertThat(reaches("192.0.2.2", processId, secret)).isTrue();
        clock.addAndGet(2_000);
        assertThat(reaches("192.0.2.1", processId, secret)).isTrue();
    }

    /** Clients that end while they cancel, all behind one address, kept those that live from being heard. */
    @Test
    void whoCancelsWhatHasJustEndedIsLateAndGuessesNothing() {
        byte[] secret = requests.freshSecret();
        int processId = session(secret);
        for (int i = 0; i < 200; i++) {
            byte[] gone = requests.freshSecret();
            int ended = requests.freshProcessId();
            register(requests, ended, gone).forget();
            assertThat(reaches("192.0.2.1", ended, gone)).isFalse();
        }
        assertThat(reaches("192.0.2.1", processId, secret)).isTrue();
    }

    @Test
    void aGuessAtASessionThatHasEndedIsAGuess() {
        byte[] secret = requests.freshSecret();
        int processId = session(secret);
        int ended = requests.freshProcessId();
        register(requests, ended, requests.freshSecret()).forget();
        for (int i = 0; i < 50; i++) {
            assertThat(reaches("192.0.2.1", ended, requests.freshSecret())).isFalse();
        }
        assertThat(reaches("192.0.2.1", processId, secret)).isFalse();
    }

    @Test
    void keysOfEndedSessionsDoNotAddUpForEver() {
        byte[] secret = requests.freshSecret();
        int processId = session(secret);
        byte[] first = requests.freshSecret();
        int firstId = requests.freshProcessId();
        register(requests, firstId, first).forget();
        for (int i = 0; i < 10_000; i++) {
            register(requests, i + 1, requests.freshSecret()).forget();
        }
        for (int i = 0; i < 50; i++) {
            reaches("192.0.2.1", firstId, first);
        }
        assertThat(reaches("192.0.2.1", processId, secret))
                .as("the first is not known any more")
                .isFalse();
    }

    @Test
    void guessesThatWereUnderWayAtOnceAreAllPaidFor() {
        WrongKeys wrong = new WrongKeys();
        for (int i = 0; i < 150; i++) {
            wrong.add(address("192.0.2.1"), 0);
        }
        assertThat(wrong.allows(address("192.0.2.1"), 99_000)).isFalse();
        assertThat(wrong.allows(address("192.0.2.1"), 101_000)).isTrue();
    }

    @Test
    void aNetworkOfIpv6CountsAsOneAddressAndOldDebtsAreForgotten() {
        WrongKeys wrong = new WrongKeys();
        for (int i = 0; i < 50; i++) {
            wrong.add(address("2001:db8::" + i), 0);
        }
        assertThat(wrong.allows(address("2001:db8::ffff"), 0)).isFalse();
        assertThat(wrong.allows(address("2001:db8:0:1::"), 0)).isTrue();
        assertThat(wrong.allows(address("2001:db8::ffff"), 60_000)).isTrue();
        assertThat(wrong.addresses()).isZero();
    }

    @Test
    void addressesDoNotAddUpForEver() throws UnknownHostException {
        WrongKeys wrong = new WrongKeys();
        for (int i = 0; i < 20_000; i++) {
            wrong.add(InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}), 0);
        }
        assertThat(wrong.addresses()).isEqualTo(10_000);
    }

    @Test
    void anIdOfAnotherNodeIsForwardedToIt() {
        CancelRequests second = second();

        second.take(address("192.0.2.1"), requests.freshProcessId(), new byte[4]);
        second.take(address("192.0.2.1"), second.freshProcessId(), new byte[32]);
        second.take(address("192.0.2.1"), Integer.MAX_VALUE, new byte[4]);
        second.take(address("192.0.2.1"), -1, new byte[4]);

        assertThat(forwarded).containsExactly(ProcessIds.SMALLEST_TAG + "/4", "2047/4", "4095/4");
    }

    @Test
    void sessionsWhoseServersHaveTheSameProcessIdOnTwoMachinesAreToldApartByTheirSecrets() {
        byte[] one = requests.freshSecret();
        byte[] other = requests.freshSecret();
        AtomicInteger others = new AtomicInteger();
        CancelKey first = register(requests, 4711, one);
        requests.register(4711, other, () -> {
            others.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        });

        assertThat(reaches("192.0.2.1", 4711, one)).isTrue();
        assertThat(others).hasValue(0);
        first.forget();
        assertThat(reaches("192.0.2.1", 4711, one)).isFalse();
        requests.take(address("192.0.2.1"), 4711, other);
        assertThat(others).hasValue(1);
    }

    @Test
    void allNodesAreAskedForAServersProcessThatIsNotOneOfHere() {
        CancelRequests second = second();
        byte[] secret = second.freshSecret();
        register(second, 4711, secret);

        assertThat(second.take(address("192.0.2.1"), 4711, secret)).isCompleted();
        assertThat(cancelled).hasValue(1);
        assertThat(forwarded).isEmpty();
        second.take(address("192.0.2.1"), 4711, new byte[4]);
        second.take(address("192.0.2.1"), 4712, secret);
        assertThat(forwarded).containsExactly("all/4", "all/32");
    }

    @Test
    void noIdThatANodeMakesUpCanBeAServersAndTheOtherWayRound() {
        int pidMax = 1 << 22; // the largest that Linux takes for kernel.pid_max; ids are below
        assertThat(CancelRequests.canBeTold(1)).isTrue();
        assertThat(CancelRequests.canBeTold(pidMax - 1)).isTrue();
        assertThat(CancelRequests.canBeTold(pidMax)).isFalse();
        assertThat(CancelRequests.canBeTold(0)).isFalse();
        assertThat(CancelRequests.canBeTold(-1)).isFalse();
        assertThat(CancelRequests.canBeTold(requests.freshProcessId())).isFalse();
    }
}
