package io.penstock.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.pooling.Notification;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each row of the table of {@link ListenerState}: it may be idle for 100, and an answer may take 10. */
class ListenerStateTest {
    private final List<String> said = new ArrayList<>();
    private final ListenerState<String> state = new ListenerState<>(
            new ListenerState.Effects<>() {
                @Override
                public void open() {
                    said.add("open");
                }

                @Override
                public void query(String sql) {
                    said.add(sql);
                }

                @Override
                public void sync() {
                    said.add("sync");
                }

                @Override
                public void answer(String client, boolean granted) {
                    said.add(client + (granted ? " yes" : " no"));
                }

                @Override
                public void hear(String client, Notification notification) {
                    said.add(client + " hears " + notification.channel());
                }

                @Override
                public void tellLost(String client) {
                    said.add(client + " lost");
                }

                @Override
                public void close() {
                    said.add("close");
                }
            },
            100,
            10);
    private long now;

    private List<String> said() {
        List<String> copy = List.copyOf(said);
        said.clear();
        return copy;
    }

    private void hear(String channel) {
        ByteBuf bytes = Unpooled.buffer();
        BackendMessages.encode(new BackendMessage.NotificationResponse(1, channel, ""), bytes);
        state.heard(Notification.of(new Frame(bytes.getByte(0), bytes)));
    }

    /** Ann has channel a. */
    private void open() {
        state.reserve("ann", List.of("a"), now);
        state.opened(now);
        state.ready(now);
        said();
    }

    @Test
    void theFirstWhoListensOpensItAndWaits() {
        assertThat(state.isClosed()).isTrue();
        state.reserve("ann", List.of("a", "B\"b"), now);
        state.fence("bob", now);
        assertThat(said()).containsExactly("open");
        assertThat(state.isClosed()).isFalse();
        state.opened(now);
        assertThat(said()).containsExactly("LISTEN \"a\";LISTEN \"B\"\"b\";", "sync");
        state.ready(now);
        state.ready(now);

        assertThat(said()).containsExactly("ann yes", "bob yes");
    }

    @Test
    void whoNeedsNoConnectionOpensNone() {
        state.fence("ann", now);
        state.tick(now);

        assertThat(said()).containsExactly("ann no");
    }

    @Test
    void whereItCannotBeOpenedNobodyListens() {
        state.reserve("ann", List.of("a"), now);
        state.failed();

        assertThat(said()).containsExactly("open", "ann no", "ann lost");
        assertThat(state.isClosed()).isTrue();
    }

    @Test
    void eachHearsItsChannels() {
        open();
        state.reserve("bob", List.of("a", "b"), now);
        state.ready(now);
        said();
        hear("a");
        hear("b");
        hear("c");

        assertThat(said()).containsExactly("ann hears a", "bob hears a", "bob hears b");
    }

    @Test
    void theLastToLeaveAChannelEndsIt() {
        open();
        state.reserve("bob", List.of("a", "b"), now);
        state.ready(now);
        said();
        state.leave("ann", List.of("a", "b"), now);
        hear("a");
        assertThat(said()).containsExactly("bob hears a");
        state.leave("bob", now);
        assertThat(said()).containsExactlyInAnyOrder("UNLISTEN \"a\"", "UNLISTEN \"b\"");
        hear("a");

        assertThat(said()).isEmpty();
    }

    @Test
    void whatPostgresRefusesIsNotListenedTo() {
        open();
        state.reserve("bob", List.of("b"), now);
        state.refused();
        state.ready(now);
        hear("b");
        assertThat(said()).containsExactly("LISTEN \"b\";", "bob no");
        state.fence("bob", now);
        state.ready(now);

        assertThat(said()).as("the next one").containsExactly("sync", "bob yes");
    }

    @Test
    void itsLossIsToldToWhoWaitsAndWhoListens() {
        open();
        state.fence("bob", now);
        state.lost();
        assertThat(said()).containsExactly("sync", "bob no", "ann lost");
        state.reserve("ann", List.of("a"), now);

        assertThat(said()).containsExactly("open");
    }

    @Test
    void itIsLookedAfter() {
        open();
        now = 50;
        state.tick(now);
        assertThat(said()).containsExactly("sync");
        now = 55;
        state.tick(now);
        assertThat(said()).as("the answer is not yet overdue").isEmpty();
        now = 61;
        state.tick(now);

        assertThat(said()).containsExactly("close", "ann lost");
        assertThat(state.isClosed()).isTrue();
    }

    @Test
    void itIsClosedWhenNobodyHasListenedForLong() {
        open();
        now = 50;
        state.leave("ann", now);
        state.ready(now);
        said();
        now = 150;
        state.tick(now);
        assertThat(said()).containsExactly("sync");
        state.ready(now);
        now = 151;
        state.tick(now);

        assertThat(said()).containsExactly("close");
        assertThat(state.isClosed()).isTrue();
    }
}
