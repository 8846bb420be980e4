package io.penstock.protocol.message;

/** The version words of the protocol: major in the upper, minor in the lower 16 bits. */
public final class ProtocolVersion {
    public static final int V3_0 = 3 << 16;

    /** Adds cancel keys of 4 to 256 bytes. */
    public static final int V3_2 = 3 << 16 | 2;

    /** The code in place of a version that asks for TLS. */
    public static final int SSL_REQUEST = 1234 << 16 | 5679;

    /** The code in place of a version that asks for GSSAPI encryption. */
    public static final int GSSENC_REQUEST = 1234 << 16 | 5680;

    /** The code in place of a version that asks to cancel. */
    public static final int CANCEL_REQUEST = 1234 << 16 | 5678;

    private ProtocolVersion() {}

    public static int of(int major, int minor) {
        return major << 16 | minor;
    }

    public static int major(int version) {
        return version >>> 16;
    }

    public static int minor(int version) {
        return version & 0xffff;
    }

    /** As people write it: {@code 3.2}. */
    public static String text(int version) {
        return major(version) + "." + minor(version);
    }
}
