package io.penstock.protocol.auth;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.ProtocolViolation;
import java.util.Base64;

/**
 * Reads a message of the exchange, {@code x=value,y=value}, from left to right (RFC 5802, section 7). One character is one byte.
 * Whatever is wrong becomes a {@link ProtocolViolation}, which never repeats what the peer sent.
 */
final class ScramAttributes {
    private final String message;
    private final ErrorCode code;
    private int position;

    /** Reads the message; what is wrong with it is reported under the code. */
    ScramAttributes(String message, ErrorCode code) {
        this.message = message;
        this.code = code;
        if (message.indexOf('\0') >= 0) {
            throw malformed("zero byte");
        }
    }

    ProtocolViolation malformed(String what) {
        return code.violation(what);
    }

    int position() {
        return position;
    }

    boolean atEnd() {
        return position >= message.length();
    }

    /** The next character, without taking it; 0 at the end. */
    char peek() {
        return atEnd() ? 0 : message.charAt(position);
    }

    void skip(char expected) {
        if (peek() != expected) {
            throw malformed("expected '" + expected + "'");
        }
        position++;
    }

    /** Takes the attribute of the name, with the comma behind it if one is there. */
    String take(char name) {
        skip(name);
        skip('=');
        int comma = message.indexOf(',', position);
        String value = message.substring(position, comma < 0 ? message.length() : comma);
        position = comma < 0 ? message.length() : comma + 1;
        return value;
    }

    /** Takes extensions, of which we know none, as far as the attribute of the name. */
    void skipExtensionsTo(char name) {
        while (peek() != name) {
            char extension = peek();
            boolean letter = extension >= 'a' && extension <= 'z' || extension >= 'A' && extension <= 'Z';
            if (!letter) {
                throw malformed("expected an attribute");
            }
            take(extension);
        }
    }

    byte[] base64(String value, String what) {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw malformed(what + " is not base64");
        }
    }
}
