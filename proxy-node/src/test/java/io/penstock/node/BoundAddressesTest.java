package io.penstock.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.config.PenstockSettings;
import io.penstock.config.cluster.ClusterWiring;
import io.penstock.config.reader.Reading;
import io.penstock.config.reader.SettingsReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** what a node listens to and where, by the kernel's own tables. */
@Timeout(120)
class BoundAddressesTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final String LISTENING = "0A";

    @TempDir
    private Path folder;

    /** Sockets of this process on which it waits for others, as address and port. */
    private static Set<String> listening() throws IOException {
        Set<String> own = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    own.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException closedMeanwhile) {
                    // Not one that listens for long.
                }
            }
        }
        Set<String> addresses = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
                String[] fields = line.strip().split("\\s+");
                if (fields[3].equals(LISTENING) && own.contains("socket:[" + fields[9] + "]")) {
                    addresses.add(address(fields[1]));
                }
            }
        }
        return addresses;
    }

    /** From the kernel's notation: words in the order of this machine's bytes, in hexadecimal. */
    private static String address(String text) throws UnknownHostException {
        int colon = text.indexOf(':');
        ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(text.substring(0, colon)));
        ByteBuffer bytes = ByteBuffer.allocate(words.capacity()).order(ByteOrder.nativeOrder());
        while (words.hasRemaining()) {
            bytes.putInt(words.getInt());
        }
        return InetAddress.getByAddress(bytes.array()).getHostAddress() + ":"
                + Integer.parseInt(text.substring(colon + 1), 16);
    }

    private Set<String> bound(String settings) throws Exception {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "no /proc");
        Set<String> before = listening();
        Reading reading = SettingsReader.read(
                "penstock { databases.d.url = \"postgresql://u@127.0.0.1:1/d\", users.u.password = x, " + settings
                        + " }",
                folder,
                _ -> null);
        PenstockSettings read = ((Reading.Valid) reading).settings();
        try (Node node = Node.start(read)) {
            Set<String> after = new HashSet<>(listening());
            after.removeAll(before);
            assertThat(after).contains(hostAndPort(node));
            return after;
        }
    }

    private static String hostAndPort(Node node) {
        return node.listenAddress().getAddress().getHostAddress() + ":"
                + node.listenAddress().getPort();
    }

    @Test
    void withoutAWordEverythingIsBoundToLoopbackAndNothingElseIsBound() throws Exception {
        Set<String> addresses = bound("listen = \"127.0.0.1:0\", admin = \"127.0.0.1:0\"");

        assertThat(addresses).as("clients, admin, cluster").hasSize(3);
        assertThat(addresses).allMatch(address -> address.startsWith("127.0.0.1:"));
    }

    @Test
    void aListenerForAllOpensNothingButItself() throws Exception {
        List<String> addresses = new ArrayList<>(bound("listen = \"0.0.0.0:0\", admin = \"127.0.0.1:0\""));

        addresses.removeIf(address -> address.startsWith("127.0.0.1:"));
        assertThat(addresses).hasSize(1);
    }

    /** The defaults are those of the page; a port of its own would do as well in a test, were it free. */
    @Test
    void theDefaultsAreOnLoopback() {
        PenstockSettings settings = TestSettings.read(
                "penstock { auth = trust, databases.d.url = \"postgresql://u@h/d\" }", folder, _ -> null);

        assertThat(settings.listen().isLoopback()).isTrue();
        assertThat(settings.admin().isLoopback()).isTrue();
        assertThat(settings.cluster().endpoint().isLoopback()).isTrue();
    }

    /** Nodes speak CBOR with one another, of types that are named: what Java's own serialization could be made to do, it is not asked to. */
    @Test
    void nodesDoNotReadJavasSerialization() {
        PenstockSettings settings = TestSettings.read(
                "penstock { auth = trust, databases.d.url = \"postgresql://u@h/d\" }", folder, _ -> null);
        var pekko = ClusterWiring.config(settings.cluster()).getConfig("pekko.actor");

        assertThat(pekko.getBoolean("allow-java-serialization")).isFalse();
    }
}
