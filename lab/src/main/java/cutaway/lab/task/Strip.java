package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Whether some pattern is seen anywhere in a strip of pixels, the task of one-dimensional vision
/// (arXiv:2504.08842). A pattern is some pixels that are lit, at given distances; what else is lit does not
/// count. As a formula it has one clause for each pattern at each place.
///
/// Half of the examples are yes. Pixels are lit with probability 1/5. For a yes a pattern is drawn and lit
/// somewhere; for a no as many pixels are lit at random, and where patterns are seen then, one of their
/// pixels moves elsewhere, until none is: yes and no are not told by how many pixels are lit.
///
/// @param pixels of the strip
/// @param patterns how many; which ones, the seed says
/// @param width of a pattern, from its first lit pixel to its last
/// @param lit pixels of a pattern
public record Strip(
        @JsonProperty(value = "pixels", required = true) int pixels,
        @JsonProperty(value = "patterns", required = true) int patterns,
        @JsonProperty(value = "width", required = true) int width,
        @JsonProperty(value = "lit", required = true) int lit)
        implements Task {

    static final String NAME = "strip";

    /// Probability of a pixel to be lit.
    private static final double LIGHT = 0.2;

    /// Moves of pixels before a strip is dark: then none is seen.
    private static final int PATIENCE = 1000;

    public Strip {
        require(
                lit >= 2 && width >= lit && pixels >= width && pixels <= 4096,
                "patterns of " + lit + " pixels in " + width + " of a strip of " + pixels
                        + "; expected at least 2 that are lit, no more than the width, and a strip of 4,096 at most"
                        + " that is as wide.");
        require(
                patterns >= 1 && patterns <= choose(width - 2, lit - 2),
                patterns + " patterns of " + lit + " pixels in " + width + "; there are "
                        + Math.round(choose(width - 2, lit - 2)) + " different ones.");
    }

    private static double choose(int n, int k) {
        return IntStream.range(0, k).mapToDouble(i -> (n - i) / (k - i + 0.0)).reduce(1, (a, b) -> a * b);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Whether some pattern of lit pixels is anywhere in a strip.";
    }

    @Override
    public Input input() {
        return new Input.Numbers(pixels);
    }

    @Override
    public Target target() {
        return new Target.Signs(1);
    }

    /// The patterns of a seed: which pixels of each are lit, rising, from 0 to `width - 1`.
    public List<List<Integer>> patterns(long seed) {
        Draws draws = Draws.of(seed, NAME + " patterns", 0);
        List<List<Integer>> found = new ArrayList<>();
        while (found.size() < patterns) {
            TreeSet<Integer> one = new TreeSet<>(List.of(0, width - 1));
            int[] order = draws.permutation(width);
            for (int i = 0; one.size() < lit; i++) {
                one.add(order[i]);
            }
            if (!found.contains(List.copyOf(one))) {
                found.add(List.copyOf(one));
            }
        }
        return Collections.unmodifiableList(found);
    }

    /// The clauses of a seed: the pixels of each pattern at each place, rising.
    public List<List<Integer>> formula(long seed) {
        return patterns(seed).stream()
                .flatMap(pattern -> IntStream.rangeClosed(0, pixels - width)
                        .mapToObj(
                                place -> pattern.stream().map(at -> place + at).toList()))
                .toList();
    }

    @Override
    public Examples examples(long seed, int variant) {
        return new Bits(seed, NAME, pixels, formula(seed)) {

            @Override
            boolean draw(Draws draws, int[][] clauses, boolean[] strip) {
                for (int i = 0; i < pixels; i++) {
                    strip[i] = draws.nextDouble() < LIGHT;
                }
                boolean yes = draws.nextBoolean();
                int[] more = yes ? clauses[draws.nextInt(clauses.length)] : draws.permutation(pixels);
                for (int i = 0; i < lit; i++) {
                    strip[more[i]] = true;
                }
                if (!yes) {
                    clear(draws, clauses, strip);
                }
                return yes;
            }
        };
    }

    /// Moves pixels until no clause holds.
    private static void clear(Draws draws, int[][] clauses, boolean[] strip) {
        for (int moves = 0; moves < PATIENCE; moves++) {
            int[] seen = first(clauses, strip);
            if (seen.length == 0) {
                return;
            }
            strip[seen[draws.nextInt(seen.length)]] = false;
            int to = draws.nextInt(strip.length);
            while (strip[to]) {
                to = (to + 1) % strip.length;
            }
            strip[to] = true;
        }
        Arrays.fill(strip, false);
    }

    /// The first clause that holds; empty where none does.
    private static int[] first(int[][] clauses, boolean[] strip) {
        for (int[] clause : clauses) {
            if (Bits.holds(clause, strip)) {
                return clause;
            }
        }
        return new int[0];
    }
}
