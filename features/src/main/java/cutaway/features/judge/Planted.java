package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.NormalDistribution;

/// Activations whose features are known: what a dictionary is to find.
///
///     x(t) = sum_i s_i(t) v_i + noise       s_i(t) >= 0, mostly 0; |v_i| = 1
///
/// A feature that is active has a strength drawn from `1 + 0.25 |normal|`. How often each is active is given,
/// whatever else holds: features of a group are active together by a common normal variable of which each sees a
/// share (a Gaussian copula), and a child is active only where its parent is.
public final class Planted implements AutoCloseable {

    /// A feature counts as found above this cosine.
    private static final double FOUND = 0.9;

    private static final NormalDistribution NORMAL = new NormalDistribution();

    /// What is planted.
    ///
    /// @param frequency share of tokens that each feature is active on, 0 to 1
    /// @param parent of each feature, a smaller number, or -1; a child is no more frequent than its parent
    /// @param group of each feature, or -1 for none
    /// @param together correlation of the normal variables behind the features of a group, 0 to 1
    /// @param noise standard deviation of each dimension of the noise
    public record Plan(double[] frequency, int[] parent, int[] group, double together, double noise) {

        public Plan {
            if (parent.length != frequency.length || group.length != frequency.length) {
                throw new IllegalArgumentException("a parent and a group for each feature");
            }
            for (int i = 0; i < frequency.length; i++) {
                if (!(frequency[i] > 0 && frequency[i] <= 1)
                        || parent[i] >= i
                        || (parent[i] >= 0 && frequency[parent[i]] < frequency[i])) {
                    throw new BadInputException("feature " + i + " is planted with a frequency of " + frequency[i]
                            + (parent[i] < 0 ? "" : " and the parent " + parent[i])
                            + ": expected over 0 to 1, and parents before their children and no rarer.");
                }
            }
        }

        /// Features that know nothing of each other.
        public static Plan independent(double... frequency) {
            int[] none = new int[frequency.length];
            Arrays.fill(none, -1);
            return new Plan(frequency, none, none.clone(), 0, 0);
        }

        /// As often as words are: `frequency_i = most / (i + 1)^exponent`.
        public static Plan zipf(int features, double most, double exponent) {
            double[] frequency = new double[features];
            Arrays.setAll(frequency, i -> most / Math.pow(i + 1.0, exponent));
            return independent(frequency);
        }

        public Plan withNoise(double other) {
            return new Plan(frequency, parent, group, together, other);
        }
    }

    private final Plan plan;
    private final Tensor directions;

    /// @param d dimensions of an activation
    public Planted(Plan plan, int d, long seed) {
        this.plan = plan;
        directions = Scope.detach(Scope.keep(() -> Rivals.unit(new Random(seed).normal(plan.frequency.length, d))));
    }

    /// The features, `[feature, d]`.
    public Tensor directions() {
        return directions;
    }

    /// Some tokens.
    ///
    /// @param codes strengths, a row a token
    /// @param x `[n, d]` float32; the caller closes it
    public record Tokens(SparseRows codes, Tensor x) {}

    /// Draws tokens; the same seed gives the same ones.
    public Tokens tokens(int count, long seed) {
        Random random = new Random(seed);
        int[] starts = new int[count + 1];
        List<int[]> columns = new ArrayList<>();
        List<double[]> values = new ArrayList<>();
        for (int token = 0; token < count; token++) {
            int[] active = active(random.generator());
            double[] strengths = new double[active.length];
            Arrays.setAll(strengths, _ -> 1 + 0.25 * Math.abs(random.generator().nextGaussian()));
            columns.add(active);
            values.add(strengths);
            starts[token + 1] = starts[token] + active.length;
        }
        SparseRows codes = new SparseRows(
                plan.frequency.length,
                starts,
                columns.stream().flatMapToInt(Arrays::stream).toArray(),
                values.stream().flatMapToDouble(Arrays::stream).toArray());
        Tensor x = Scope.keep(() -> {
            Tensor clean = codes.times(directions);
            return plan.noise == 0
                    ? clean
                    : clean.plus(random.normal(clean.shape().dims()).times(plan.noise));
        });
        return new Tokens(codes, x);
    }

    private int[] active(RandomGenerator random) {
        int features = plan.frequency.length;
        double[] common = new double[1 + Arrays.stream(plan.group).max().orElse(-1)];
        Arrays.setAll(common, _ -> random.nextGaussian());
        boolean[] active = new boolean[features];
        for (int i = 0; i < features; i++) {
            int parent = plan.parent[i];
            double own = random.nextGaussian();
            double level = plan.group[i] < 0
                    ? own
                    : Math.sqrt(plan.together) * common[plan.group[i]] + Math.sqrt(1 - plan.together) * own;
            double chance = parent < 0 ? plan.frequency[i] : plan.frequency[i] / plan.frequency[parent];
            active[i] = (parent < 0 || active[parent]) && NORMAL.cumulativeProbability(level) < chance;
        }
        return IntStream.range(0, features).filter(i -> active[i]).toArray();
    }

    /// How much of what was planted a dictionary has found.
    ///
    /// @param meanMaxCosine over features, with the nearest decoder row ([MaxCosine])
    /// @param found share of features with a cosine above 0.9
    /// @param shuffled the mean max cosine with features whose dimensions are shuffled, each in its own order:
    ///     what is found of nothing
    public record Recovery(Estimate meanMaxCosine, double found, Estimate shuffled) {}

    /// @param dictionary that writes `d` numbers
    public Recovery recovery(Dictionary dictionary, long seed) {
        return recovery(directions, dictionary, seed);
    }

    /// The same of other features that are known.
    ///
    /// @param directions `[feature, d]`; float32
    public static Recovery recovery(Tensor directions, Dictionary dictionary, long seed) {
        double[] cosines = MaxCosine.of(directions, dictionary.weights().decoder());
        try (Tensor nothing = Scope.detach(Shuffle.withinRows(directions, new Random(seed).generator()))) {
            return new Recovery(
                    WeightCosines.mean(cosines),
                    found(directions, dictionary.weights().decoder()),
                    WeightCosines.mean(
                            MaxCosine.of(nothing, dictionary.weights().decoder())));
        }
    }

    /// The share of features that a row of some directions has a cosine above 0.9 with, whoever they are from.
    ///
    /// @param directions `[feature, d]` float32
    /// @param rows `[any, d]` float32
    public static double found(Tensor directions, Tensor rows) {
        double[] cosines = MaxCosine.of(directions, rows);
        return Arrays.stream(cosines).filter(cosine -> cosine > FOUND).count() / (double) cosines.length;
    }

    @Override
    public void close() {
        directions.close();
    }
}
