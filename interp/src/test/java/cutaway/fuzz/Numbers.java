package cutaway.fuzz;

import java.math.BigInteger;
import java.util.List;
import java.util.random.RandomGenerator;

/// Numbers at which readers break: the edges of the types they are read into, and what is near the true value.
final class Numbers {

    private static final List<BigInteger> EDGES = List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            BigInteger.valueOf(-1),
            BigInteger.valueOf(255),
            BigInteger.valueOf(65_536),
            BigInteger.valueOf(1_000_003),
            BigInteger.TWO.pow(30),
            BigInteger.TWO.pow(31).subtract(BigInteger.ONE),
            BigInteger.TWO.pow(31),
            BigInteger.TWO.pow(31).negate(),
            BigInteger.TWO.pow(32).subtract(BigInteger.ONE),
            BigInteger.TWO.pow(32),
            BigInteger.TWO.pow(33),
            BigInteger.TWO.pow(53).add(BigInteger.ONE),
            BigInteger.TWO.pow(62),
            BigInteger.TWO.pow(63).subtract(BigInteger.ONE),
            BigInteger.TWO.pow(63),
            BigInteger.TWO.pow(63).negate(),
            BigInteger.TWO.pow(64).subtract(BigInteger.ONE));

    private Numbers() {}

    static BigInteger whole(RandomGenerator random, long old) {
        BigInteger before = BigInteger.valueOf(old);
        return switch (random.nextInt(6)) {
            case 0 -> before.add(BigInteger.ONE);
            case 1 -> before.subtract(BigInteger.ONE);
            case 2 -> before.shiftLeft(random.nextInt(1, 4));
            case 3 -> before.shiftRight(random.nextInt(1, 4));
            default -> EDGES.get(random.nextInt(EDGES.size()));
        };
    }

    /// As a JSON number, or what some writers take for one.
    static String text(RandomGenerator random, long old) {
        return switch (random.nextInt(12)) {
            case 0 -> "1e308";
            case 1 -> "1e999";
            case 2 -> "-1e-999";
            case 3 -> "NaN";
            case 4 -> old + ".5";
            case 5 -> "1e" + random.nextInt(1_000_000_000);
            case 6 -> "9".repeat(random.nextInt(20, 50_000));
            case 7 -> "-0.0";
            default -> whole(random, old).toString();
        };
    }
}
