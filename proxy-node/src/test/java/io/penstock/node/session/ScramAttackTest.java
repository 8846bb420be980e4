package io.penstock.node.session;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.penstock.config.Secret;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.auth.ScramClient;
import io.penstock.protocol.message.FrontendMessage.Query;
import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import io.penstock.protocol.message.FrontendMessage.SaslResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A-05 over real sockets: logins that were overheard, changed on their way, or are too large to be any. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ScramAttackTest {
    private static final List<String> OFFERED = List.of("SCRAM-SHA-256");

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        proxy = TestProxy.strict(
                postgres.address(), Map.of("postgres", new UserSettings("postgres", Secret.of("spice"))));
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    private static ScramClient client(String nonce) {
        return ScramClient.withPassword(OFFERED, "spice", null, () -> nonce);
    }

    @Test
    void whatWasOverheardOnceLetsNobodyInAgain() throws IOException {
        SaslInitialResponse first;
        SaslResponse overheard;
        try (ScramLogin victim = new ScramLogin(proxy.port)) {
            ScramClient client = client("n0nce");
            victim.begin("postgres");
            first = client.first();
            victim.send(first);
            overheard = client.next(ScramLogin.saslData(victim.read()));
            victim.send(overheard);
            assertThat(victim.read().type()).isEqualTo('R');
            assertThat(victim.read().body()).as("AuthenticationOk").containsOnly(0);
        }
        try (ScramLogin thief = new ScramLogin(proxy.port)) {
            thief.begin("postgres");
            thief.send(first);
            thief.read();
            thief.send(overheard);
            assertThat(thief.read().error()).startsWith("E 08P01").contains("nonce does not match");
            assertThat(thief.ended()).isTrue();
        }
        try (ScramLogin thief = new ScramLogin(proxy.port)) {
            thief.begin("postgres");
            thief.send(first);
            String fresh = text(ScramLogin.saslData(thief.read())).replaceFirst("^(r=[^,]+).*", "$1");
            thief.send(response(text(overheard.data()).replaceFirst("r=[^,]+", fresh)));
            assertThat(thief.read().error()).startsWith("E 28P01");
            assertThat(thief.ended()).isTrue();
        }
    }

    @Test
    void aFlagThatWasChangedOnItsWayIsNoticed() throws IOException {
        for (String flags : List.of("y,,", "n,a=postgres,", "p=tls-unique,,")) {
            try (ScramLogin changed = new ScramLogin(proxy.port)) {
                ScramClient client = client("n0nce");
                changed.begin("postgres");
                changed.send(client.first());
                String last =
                        text(client.next(ScramLogin.saslData(changed.read())).data());
                String other = Base64.getEncoder().encodeToString(flags.getBytes(StandardCharsets.US_ASCII));
                changed.send(response(last.replaceFirst("c=[^,]+", "c=" + other)));
                assertThat(changed.read().error()).as(flags).startsWith("E 08P01");
                assertThat(changed.ended()).isTrue();
            }
            try (ScramLogin changed = new ScramLogin(proxy.port)) {
                ScramClient client = client("n0nce");
                changed.begin("postgres");
                changed.send(new SaslInitialResponse(
                        "SCRAM-SHA-256",
                        text(requireNonNull(client.first().data()))
                                .replaceFirst("^n,,", flags)
                                .getBytes(StandardCharsets.US_ASCII)));
                ScramLogin.Message answer = changed.read();
                if (answer.type() == 'R') { // "y" says only that the client could bind: the proof decides
                    changed.send(client.next(ScramLogin.saslData(answer)));
                    answer = changed.read();
                }
                assertThat(answer.error()).as(flags).matches("(?s)E (08P01|0A000) .*");
                assertThat(changed.ended()).isTrue();
            }
        }
    }

    @Test
    void aPasswordOfTenMegabytesIsNotEvenRead() throws IOException {
        for (int length : new int[] {16 * 1024 + 1, 10_000_000, Integer.MAX_VALUE}) {
            try (ScramLogin large = new ScramLogin(proxy.port)) {
                large.begin("postgres");
                ByteBuf head = Unpooled.buffer().writeByte('p').writeInt(length);
                large.send(ByteBufUtil.getBytes(head));
                assertThat(large.read().error()).as("length " + length).startsWith("E 08P01");
                assertThat(large.ended()).isTrue();
            }
        }
        try (ScramLogin largest = new ScramLogin(proxy.port)) {
            largest.begin("postgres");
            largest.send(new SaslInitialResponse("SCRAM-SHA-256", new byte[16 * 1024 - 22]));
            assertThat(largest.read().error()).as("read, and no SCRAM").startsWith("E 08P01");
        }
    }

    /** Nothing else than the proof is waited for, however large it says it is. */
    @Test
    void aQueryInPlaceOfTheProofIsRefused() throws IOException {
        try (ScramLogin impatient = new ScramLogin(proxy.port)) {
            impatient.begin("postgres");
            impatient.send(new Query("select 1"));
            assertThat(impatient.read().error()).startsWith("E 08P01");
            assertThat(impatient.ended()).isTrue();
        }
        try (ScramLogin impatient = new ScramLogin(proxy.port)) {
            impatient.begin("postgres");
            impatient.send(ByteBufUtil.getBytes(Unpooled.buffer().writeByte('Q').writeInt(1 << 20)));
            assertThat(impatient.read().error()).startsWith("E 08P01");
            assertThat(impatient.ended()).isTrue();
        }
    }

    @Test
    void whatIsNoScramIsRefused() throws IOException {
        for (String first : List.of(
                "",
                "n",
                "n,,",
                "n,,n=,r=",
                "n,,n=,r=\u0000",
                "n,,m=x,n=,r=a",
                "x,,n=,r=a",
                "n,,r=a,n=",
                "n,,n=,r=" + "a".repeat(16_000))) {
            try (ScramLogin odd = new ScramLogin(proxy.port)) {
                odd.begin("postgres");
                odd.send(new SaslInitialResponse("SCRAM-SHA-256", first.getBytes(StandardCharsets.UTF_8)));
                ScramLogin.Message answer = odd.read();
                if (answer.type() == 'R') {
                    odd.send(response("c=biws,r=a,p=AAAA"));
                    answer = odd.read();
                }
                assertThat(answer.error()).as(first).matches("(?s)E (08P01|0A000) .*");
                assertThat(odd.ended()).isTrue();
            }
        }
        try (ScramLogin odd = new ScramLogin(proxy.port)) {
            odd.begin("postgres");
            odd.send(new SaslInitialResponse("SCRAM-SHA-1", "n,,n=,r=a".getBytes(StandardCharsets.UTF_8)));
            assertThat(odd.read().error()).startsWith("E 08P01");
        }
    }

    private static SaslResponse response(String text) {
        return new SaslResponse(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(byte[] data) {
        return new String(data, StandardCharsets.ISO_8859_1);
    }
}
