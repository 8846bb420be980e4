package io.penstock.protocol.message;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.message.BackendMessage.Authentication;
import io.penstock.protocol.message.BackendMessage.AuthenticationCleartextPassword;
import io.penstock.protocol.message.BackendMessage.AuthenticationGss;
import io.penstock.protocol.message.BackendMessage.AuthenticationGssContinue;
import io.penstock.protocol.message.BackendMessage.AuthenticationKerberosV5;
import io.penstock.protocol.message.BackendMessage.AuthenticationMd5Password;
import io.penstock.protocol.message.BackendMessage.AuthenticationOk;
import io.penstock.protocol.message.BackendMessage.AuthenticationSasl;
import io.penstock.protocol.message.BackendMessage.AuthenticationSaslContinue;
import io.penstock.protocol.message.BackendMessage.AuthenticationSaslFinal;
import io.penstock.protocol.message.BackendMessage.AuthenticationSspi;
import java.util.ArrayList;
import java.util.List;

/** Reads the messages of type {@code R}, told apart by the number at their beginning. */
final class AuthenticationDecoder {
    static final int OK = 0;
    static final int KERBEROS_V5 = 2;
    static final int CLEARTEXT_PASSWORD = 3;
    static final int MD5_PASSWORD = 5;
    static final int GSS = 7;
    static final int GSS_CONTINUE = 8;
    static final int SSPI = 9;
    static final int SASL = 10;
    static final int SASL_CONTINUE = 11;
    static final int SASL_FINAL = 12;

    private AuthenticationDecoder() {}

    static Authentication decode(MessageReader reader) {
        return switch (reader.int32()) {
            case OK -> new AuthenticationOk();
            case KERBEROS_V5 -> new AuthenticationKerberosV5();
            case CLEARTEXT_PASSWORD -> new AuthenticationCleartextPassword();
            case MD5_PASSWORD -> new AuthenticationMd5Password(reader.bytes(4));
            case GSS -> new AuthenticationGss();
            case GSS_CONTINUE -> new AuthenticationGssContinue(reader.rest());
            case SSPI -> new AuthenticationSspi();
            case SASL -> new AuthenticationSasl(mechanisms(reader));
            case SASL_CONTINUE -> new AuthenticationSaslContinue(reader.rest());
            case SASL_FINAL -> new AuthenticationSaslFinal(reader.rest());
            default -> throw ErrorCode.MALFORMED_MESSAGE.violation("unknown authentication request");
        };
    }

    private static List<String> mechanisms(MessageReader reader) {
        List<String> mechanisms = new ArrayList<>();
        for (String name = reader.text(); !name.isEmpty(); name = reader.text()) {
            mechanisms.add(name);
        }
        return mechanisms;
    }
}
