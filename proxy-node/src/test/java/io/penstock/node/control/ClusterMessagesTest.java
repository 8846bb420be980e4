package io.penstock.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.ClusterSettings;
import io.penstock.config.Endpoint;
import io.penstock.config.cluster.CancelMessage;
import io.penstock.config.cluster.CancelReply;
import io.penstock.config.cluster.ClusterMessage;
import io.penstock.config.cluster.ClusterWiring;
import io.penstock.config.cluster.KeeperMessage;
import io.penstock.config.cluster.KeeperReply;
import io.penstock.config.cluster.LimiterMessage;
import io.penstock.config.cluster.LimiterReply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each message survives the way to another node and back. */
class ClusterMessagesTest {
    private static final ActorTestKit KIT = ActorTestKit.create(
            ClusterWiring.SYSTEM, ClusterWiring.config(new ClusterSettings(new Endpoint("127.0.0.1", 0), List.of())));
    private static final SerializationTestKit SERIALIZATION = new SerializationTestKit(KIT.system());

    @AfterAll
    static void stop() {
        ActorTestKit.shutdown(KIT.system(), Duration.ofSeconds(60));
    }

    static List<ClusterMessage> messages() {
        ActorRef<LimiterReply> limited = KIT.<LimiterReply>createTestProbe().ref();
        ActorRef<KeeperReply> kept = KIT.<KeeperReply>createTestProbe().ref();
        ActorRef<CancelMessage> asked = KIT.<CancelMessage>createTestProbe().ref();
        return List.of(
                new LimiterMessage.AskPermits("node", 1, 2, Map.of("daily", 3), 4, 5, 6, limited),
                new LimiterMessage.ReturnPermits(1, 2, 3),
                new LimiterMessage.HoldSlots("node", 1, "concurrent", 2, 3, 4, limited),
                new LimiterMessage.Observed("daily", 1, 2, null),
                new LimiterMessage.Observed("daily", 1, 2, 3L),
                new LimiterMessage.Refused("daily", null),
                new LimiterReply.PermitsGranted(1, 2, 3, 4, 5, 6, 7),
                new LimiterReply.SlotsHeld(1, 2, "concurrent", 3, 4, 5),
                new LimiterReply.Denied(1, 2, "daily", 3),
                new LimiterReply.SlotsWanted(1, "concurrent"),
                new LimiterReply.Paused(1, "daily", 2),
                new KeeperMessage.AskToken(1, 2, kept),
                new KeeperReply.TokenHanded(1, 2, "t0ken", "https://x", 3L),
                new KeeperReply.TokenHanded(1, 2, "t0ken", null, null),
                new KeeperReply.TokenRevoked(1, "invalid_grant", "expired"),
                new KeeperReply.TokenUnavailable(1, "not now", 2),
                new CancelMessage.AskTag(asked),
                new CancelMessage.TagTold("pekko://penstock@127.0.0.1:7354#-17", 3, asked),
                new CancelReply.CancelDelivered(true));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void survivesTheWay(ClusterMessage message) {
        SERIALIZATION.verifySerialization(message, true);
    }

    @Test
    void aForwardedCancelSurvivesItToo() {
        ActorRef<CancelReply> replyTo = KIT.<CancelReply>createTestProbe().ref();
        var sent = new CancelMessage.ForwardCancel(1 << 20, new byte[] {1, -2, 3, -4}, replyTo);

        var received = SERIALIZATION.verifySerialization(sent, false);

        assertThat(received).usingRecursiveComparison().isEqualTo(sent);
        assertThat(received.toString()).isEqualTo("ForwardCancel[1048576]");
    }

    @Test
    void noTokenShowsInAMessagesText() {
        String text = new KeeperReply.TokenHanded(1, 2, "t0ken", null, null).toString();

        assertThat(text).doesNotContain("t0ken");
    }
}
