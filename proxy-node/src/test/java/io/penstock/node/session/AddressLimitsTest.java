package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AddressLimitsTest {
    private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.2");

    private final AtomicLong now = new AtomicLong();
    private final AddressLimits limits = new AddressLimits(2, 3, now::get);

    @Test
    void eachAddressHasItsConnections() {
        assertThat(limits.connect(FIRST)).isTrue();
        assertThat(limits.connect(FIRST)).isTrue();
        assertThat(limits.connect(FIRST)).isFalse();
        assertThat(limits.connect(SECOND)).isTrue();
        limits.disconnect(FIRST);
        assertThat(limits.connect(FIRST)).isTrue();
    }

    @Test
    void wrongPasswordsBarForTheRestOfTheirMinute() {
        limits.fail(FIRST);
        now.addAndGet(Duration.ofSeconds(30).toNanos());
        limits.fail(FIRST);
        assertThat(limits.isBarred(FIRST)).isFalse();
        limits.fail(FIRST);
        assertThat(limits.isBarred(FIRST)).isTrue();
        assertThat(limits.isBarred(SECOND)).isFalse();
        now.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(limits.isBarred(FIRST)).isFalse();
        limits.fail(FIRST);
        assertThat(limits.isBarred(FIRST)).isFalse();
    }

    @Test
    void aSubscriberOfIpv6CountsOnce() {
        for (int i = 1; i <= 3; i++) {
            limits.fail(InetAddress.ofLiteral("2001:db8:0:1::" + i));
        }
        assertThat(limits.isBarred(InetAddress.ofLiteral("2001:db8:0:1:ffff::1")))
                .isTrue();
        assertThat(limits.isBarred(InetAddress.ofLiteral("2001:db8:0:2::1"))).isFalse();
    }

    @Test
    void attackersAreForgottenBeforeTheHeapIsFull() {
        limits.fail(FIRST);
        limits.fail(FIRST);
        limits.fail(FIRST);
        for (int i = 0; i < 10_000; i++) {
            limits.fail(InetAddress.ofLiteral("10.0." + i / 256 + "." + i % 256));
        }
        assertThat(limits.isBarred(FIRST)).isFalse();
    }

    @Test
    void zeroIsNoLimit() {
        AddressLimits open = new AddressLimits(1, 0, now::get);
        for (int i = 0; i < 1_000; i++) {
            open.fail(FIRST);
        }
        assertThat(open.isBarred(FIRST)).isFalse();
    }
}
