package io.penstock.config;

import java.net.InetAddress;
import java.util.List;

/**
 * Addresses that begin with the same bits, in CIDR notation: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, {@code 127.0.0.1}.
 *
 * @param network the bits behind the prefix are zero
 * @param prefix how many bits count
 */
public record AddressRange(InetAddress network, int prefix) {
    public AddressRange {
        byte[] bytes = network.getAddress();
        if (prefix < 0 || prefix > bytes.length * 8) {
            throw new IllegalArgumentException("must be addresses such as 10.0.0.0/8 or 2001:db8::/32");
        }
        for (int bit = prefix; bit < bytes.length * 8; bit++) {
            if (bit(bytes, bit)) {
                // Postgres takes it and ignores the bits; whoever wrote it meant something else.
                throw new IllegalArgumentException("has bits behind its prefix");
            }
        }
    }

    /**
     * The range of a text.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress network = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        int bits = network.getAddress().length * 8;
        return new AddressRange(network, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
    }

    /** Whether the address is one of these. */
    public boolean contains(InetAddress address) {
        byte[] own = network.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            if (bit(own, bit) != bit(other, bit)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a list lets an address in; an empty one lets everybody in. */
    public static boolean admits(List<AddressRange> ranges, InetAddress address) {
        return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.contains(address));
    }

    private static boolean bit(byte[] bytes, int index) {
        return (bytes[index / 8] >> (7 - index % 8) & 1) == 1;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefix;
    }
}
