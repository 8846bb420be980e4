package io.penstock.node.cancel;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits how fast one address can guess keys. Each wrong key is a debt that is paid off with time; who owes too much is not listened to
 * until some of it is paid. A client of protocol 3.0 has a secret of 32 bits: at the rate given here it lasts 68 years on average.
 *
 * <p>A wrong key need not be a guess. Who cancels a session that has just ended has one, too, so a few are nothing to look at.
 */
final class WrongKeys {
    private static final double LIMIT = 50;

    private static final double PAID_PER_SECOND = 1;

    /** Addresses that owe something. Beyond that the one that was last heard of longest ago is forgotten. */
    private static final int ADDRESSES = 10_000;

    /** Who has one address of IPv6 has all of its network. */
    private static final int NETWORK_BYTES = 8;

    private record Debt(double amount, long since) {
        double at(long now) {
            return Math.max(0, amount - (now - since) / 1_000.0 * PAID_PER_SECOND);
        }
    }

    private record Network(byte[] address) {
        static Network of(InetAddress address) {
            byte[] bytes = address.getAddress();
            return new Network(address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Network network && Arrays.equals(address, network.address);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(address);
        }
    }

    private final Map<Network, Debt> debts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Network, Debt> eldest) {
            return size() > ADDRESSES;
        }
    };

    /** Whether a key from this address is looked at. @param now milliseconds that never go back */
    synchronized boolean allows(InetAddress address, long now) {
        Network network = Network.of(address);
        Debt debt = debts.get(network);
        if (debt == null) {
            return true;
        }
        double owed = debt.at(now);
        if (owed == 0) {
            debts.remove(network);
        }
        return owed < LIMIT;
    }

    /** One more. @return whether the address has just reached its limit */
    synchronized boolean add(InetAddress address, long now) {
        Network network = Network.of(address);
        Debt debt = debts.get(network);
        double before = debt == null ? 0 : debt.at(now);
        debts.put(network, new Debt(before + 1, now));
        return before < LIMIT && before + 1 >= LIMIT;
    }

    synchronized int addresses() {
        return debts.size();
    }
}
