package io.penstock.protocol.pooling;

import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.sql.LexerOptions;
import java.util.HashMap;
import java.util.Map;

/** The parameters that servers report, as far as the client has been told them: what differs on its next server it is told then. */
final class ToldParameters {
    private static final String STANDARD_CONFORMING_STRINGS = "standard_conforming_strings";
    private static final String CLIENT_ENCODING = "client_encoding";

    private final ClientContents client;
    private final SettingsFollow settings;
    private final OwnReplies own;
    private LexerOptions lexer;

    ToldParameters(ClientContents client, SettingsFollow settings, OwnReplies own) {
        this.client = client;
        this.settings = settings;
        this.own = own;
        this.lexer = lexing();
    }

    /** How the client's SQL is read at the moment. */
    LexerOptions lexer() {
        return lexer;
    }

    /** The name of the client_encoding, as servers report it. */
    String encoding() {
        return client.told.getOrDefault(CLIENT_ENCODING, "UTF8");
    }

    private LexerOptions lexing() {
        return new LexerOptions(
                client.told.getOrDefault(STANDARD_CONFORMING_STRINGS, "on").equals("on"));
    }

    /**
     * The server has told one.
     *
     * @param ours whether it is because of what was asked here; else the client is told, too
     */
    void parameter(ServerContents server, String name, String value, boolean ours) {
        server.reported(name, value);
        if (name.equals(STANDARD_CONFORMING_STRINGS)) {
            lexer = new LexerOptions(value.equals("on"));
        }
        if (!ours) {
            Map<String, String> told = new HashMap<>(client.told);
            told.put(name, value);
            client.told = told;
            if (settings.reported(name)) {
                server.recentIsStale();
            }
        }
    }

    /** The client goes on with this server. */
    void tell(ServerContents of) {
        if (of.reported() == client.told || of.reported().equals(client.told)) {
            client.told = of.reported();
            return;
        }
        of.reported().forEach((name, value) -> {
            if (!value.equals(client.told.get(name))) {
                own.add(new BackendMessage.ParameterStatus(name, value));
            }
        });
        client.told = of.reported();
        lexer = lexing();
    }
}
