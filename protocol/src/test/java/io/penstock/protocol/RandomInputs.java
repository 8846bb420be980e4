package io.penstock.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A small, seeded stand-in for the coverage-guided fuzzer, so that every build runs the fuzz targets on some thousands of inputs: valid
 * ones with bytes changed, cut out, doubled and joined.
 */
public final class RandomInputs {
    /** Numbers that lengths and counts go wrong at. */
    private static final int[] EDGES = {
        0, 1, 3, 4, 5, 7, 8, 0x7f, 0xff, 0x7fff, 0xffff, 10_000, 0x3fff_ffff, 0x7fff_ffff, 0x8000_0000, -1, -2, -4
    };

    private RandomInputs() {}

    /** Runs the target on the inputs; says which one it was when one fails. */
    public static void feed(long seed, int rounds, List<byte[]> valid, Consumer<byte[]> target) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < rounds; round++) {
            byte[] input = valid.get(random.nextInt(valid.size())).clone();
            int changes = random.nextInt(5);
            for (int change = 0; change < changes; change++) {
                input = changed(input, valid, random);
            }
            try {
                target.accept(input);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", round " + round + ": " + Arrays.toString(input), e);
            }
        }
    }

    private static byte[] changed(byte[] input, List<byte[]> valid, SplittableRandom random) {
        if (input.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int position = random.nextInt(input.length);
        switch (random.nextInt(6)) {
            case 0 -> input[position] = (byte) random.nextInt(256);
            case 1 -> input[position] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                return Arrays.copyOf(input, position);
            }
            case 3 -> {
                int edge = EDGES[random.nextInt(EDGES.length)];
                for (int i = 0; i < 4 && position + i < input.length; i++) {
                    input[position + i] = (byte) (edge >>> (24 - 8 * i));
                }
            }
            case 4 -> {
                return joined(input, valid.get(random.nextInt(valid.size())));
            }
            default -> {
                return joined(Arrays.copyOf(input, position), Arrays.copyOfRange(input, position / 2, input.length));
            }
        }
        return input;
    }

    private static byte[] joined(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }
}
