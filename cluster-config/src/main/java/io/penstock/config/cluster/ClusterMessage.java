package io.penstock.config.cluster;

/** Marks what may travel between nodes. Only this type is bound to a serializer (CBOR by Jackson), so nothing travels by accident. */
public interface ClusterMessage {}
