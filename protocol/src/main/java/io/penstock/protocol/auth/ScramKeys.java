package io.penstock.protocol.auth;

/**
 * The two keys that a server knows after a successful exchange and that are as good as the password at every server which holds the
 * same verifier: with them the proxy logs in upstream as the user itself (SCRAM pass-through). Keep them in memory only.
 *
 * @param clientKey 32 bytes, won back from the client's proof
 * @param serverKey 32 bytes, of the verifier
 */
public record ScramKeys(byte[] clientKey, byte[] serverKey) {
    public ScramKeys {
        if (clientKey.length != ScramVerifier.KEY_BYTES || serverKey.length != ScramVerifier.KEY_BYTES) {
            throw new IllegalArgumentException("keys of another hash");
        }
    }

    @Override
    public String toString() {
        return "ScramKeys[]";
    }
}
