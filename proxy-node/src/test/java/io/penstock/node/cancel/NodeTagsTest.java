package io.penstock.node.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rows of {@link NodeTags}, and many nodes that come and go at once. */
class NodeTagsTest {
    private static final int FIRST = ProcessIds.SMALLEST_TAG;

    private record Living(NodeTags<Integer> tags, Set<Integer> asked) {}

    private final NodeTags<String> tags = new NodeTags<>();

    @Test
    void aClusterOfOneHasItsTagAtOnce() {
        assertThat(tags.members(true, Set.of(), Set.of())).isEmpty();
        assertThat(tags.own()).isEqualTo(FIRST);
    }

    @Test
    void beforeItIsUpANodeAsksNobody() {
        assertThat(tags.members(false, Set.of(), Set.of("a"))).isEmpty();
        assertThat(tags.again()).isEmpty();
        assertThat(tags.own()).isZero();
    }

    @Test
    void theSmallestTagThatIsFreeIsTakenWhenAllOlderOnesHaveTold() {
        assertThat(tags.members(true, Set.of("a", "b"), Set.of())).containsExactlyInAnyOrder("a", "b");
        tags.told("a", FIRST);
        assertThat(tags.own()).isZero();
        assertThat(tags.again()).containsExactly("b");
        tags.told("b", FIRST + 2);
        assertThat(tags.own()).isEqualTo(FIRST + 1);
        assertThat(tags.again()).isEmpty();
    }

    @Test
    void nobodyWaitsForAYoungerOne() {
        assertThat(tags.members(true, Set.of(), Set.of("c"))).containsExactly("c");
        assertThat(tags.own()).isEqualTo(FIRST);
        tags.told("c", FIRST + 1);
        assertThat(tags.tag("c")).hasValue(FIRST + 1);
        assertThat(tags.own()).isEqualTo(FIRST);
    }

    @Test
    void whoHasGoneIsNeitherWaitedForNorKnown() {
        tags.members(true, Set.of("a", "b"), Set.of());
        tags.told("b", FIRST + 1);
        tags.members(true, Set.of("b"), Set.of());
        assertThat(tags.own()).isEqualTo(FIRST);
        tags.members(true, Set.of(), Set.of());
        assertThat(tags.tag("b")).isEmpty();
        assertThat(tags.own()).isEqualTo(FIRST);
    }

    @Test
    void aStrangerTellsNothing() {
        tags.told("z", 7);
        assertThat(tags.tag("z")).isEmpty();
    }

    @Test
    void ofManyNodesThatComeAndGoNoTwoThatLiveShareATag() {
        for (int seed = 0; seed < 200; seed++) {
            comeAndGo(new Random(seed), seed);
        }
    }

    /** Members in the order of their age; messages arrive in any order, or not at all, and then they are sent again. */
    private static void comeAndGo(Random random, int seed) {
        Map<Integer, Living> living = new LinkedHashMap<>();
        int next = 0;
        for (int step = 0; step < 300; step++) {
            int what = random.nextInt(10);
            if (what == 0 || living.isEmpty()) {
                living.put(next++, new Living(new NodeTags<>(), new HashSet<>()));
            } else if (what == 1) {
                int gone = new ArrayList<>(living.keySet()).get(random.nextInt(living.size()));
                living.remove(gone);
            } else if (what < 5) {
                // One node after the other hears of the members; somebody may not have heard yet.
                living.forEach((self, node) -> {
                    if (random.nextBoolean()) {
                        Set<Integer> older = new HashSet<>();
                        Set<Integer> younger = new HashSet<>();
                        living.keySet().forEach(other -> {
                            if (other < self) {
                                older.add(other);
                            } else if (other > self) {
                                younger.add(other);
                            }
                        });
                        node.asked.addAll(node.tags.members(true, older, younger));
                    }
                });
            } else {
                living.values().forEach(node -> {
                    for (Integer other : List.copyOf(node.asked)) {
                        Living there = living.get(other);
                        if (there != null && there.tags.own() != 0 && random.nextBoolean()) {
                            node.tags.told(other, there.tags.own());
                        }
                    }
                    node.asked.addAll(node.tags.again());
                });
            }
            List<Integer> given = living.values().stream()
                    .map(node -> node.tags.own())
                    .filter(tag -> tag != 0)
                    .toList();
            assertThat(given).as("seed %d, step %d", seed, step).doesNotHaveDuplicates();
        }
    }
}
