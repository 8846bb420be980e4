package io.penstock.node.mutation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement as the client sent it, parameters in the client's formats. */
record EvaluatedStatement(
        String sql,
        int[] parameterTypes,
        short[] parameterFormats,
        List<byte @Nullable []> parameters,
        short[] resultFormats) {}
