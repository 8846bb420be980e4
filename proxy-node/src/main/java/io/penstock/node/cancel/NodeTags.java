package io.penstock.node.cancel;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How a node gets its tag, and learns those of the others.
 *
 * <p>All members agree which of two is the older one. A node takes its tag when it knows those of all older ones, the smallest that none of
 * them has; and it tells its tag to nobody before it has one. So of two that come at once the younger waits for the older, and no two
 * ever choose the same. A member that does not answer holds up those that join after it until it does, or is removed from the
 * cluster; those that have a tag keep it.
 *
 * <pre>
 * event                                  effect
 * members, this one is not Up yet        none
 * members, this one is Up                those that have gone are forgotten; who has not told its tag is asked;
 *                                        if no older one is missing: the tag is chosen
 * told by a member                       noted; if no older one is missing: the tag is chosen
 * told by somebody else                  none: it has gone, or the members are not known yet and it will be asked
 * again                                  who has not told its tag is asked
 * </pre>
 *
 * @param <N> one life of one node
 */
final class NodeTags<N> {
    private final Map<N, Integer> tags = new HashMap<>();
    private Set<N> older = Set.of();
    private Set<N> others = Set.of();
    private boolean up;
    private int own;

    /** The tag, 0 as long as there is none. */
    int own() {
        return own;
    }

    /** The tag of another one, if it is known. */
    OptionalInt tag(N node) {
        Integer tag = tags.get(node);
        return tag == null ? OptionalInt.empty() : OptionalInt.of(tag);
    }

    Set<N> others() {
        return others;
    }

    /**
     * The cluster as it is now.
     *
     * @param selfUp whether this node has its place in the order
     * @return whom to ask
     */
    List<N> members(boolean selfUp, Set<N> olderOnes, Set<N> youngerOnes) {
        up = selfUp;
        older = Set.copyOf(olderOnes);
        Set<N> all = new HashSet<>(olderOnes);
        all.addAll(youngerOnes);
        others = Set.copyOf(all);
        tags.keySet().retainAll(others);
        choose();
        return again();
    }

    /** A node tells its tag. */
    void told(N node, int tag) {
        if (others.contains(node)) {
            tags.put(node, tag);
            choose();
        }
    }

    /** Who is to be asked, maybe once more. */
    List<N> again() {
        return up ? others.stream().filter(node -> !tags.containsKey(node)).toList() : List.of();
    }

    private void choose() {
        if (own != 0 || !up || !tags.keySet().containsAll(older)) {
            return;
        }
        int free = ProcessIds.SMALLEST_TAG;
        while (tags.containsValue(free)) {
            free++;
        }
        own = free;
    }
}
