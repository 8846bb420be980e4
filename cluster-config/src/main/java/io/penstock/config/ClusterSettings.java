package io.penstock.config;

import java.util.List;

/**
 * How nodes find one another.
 *
 * @param endpoint where the other nodes reach this one
 * @param seedNodes whom to join; none makes a cluster of one
 */
public record ClusterSettings(Endpoint endpoint, List<Endpoint> seedNodes) {
    public ClusterSettings {
        seedNodes = List.copyOf(seedNodes);
    }
}
