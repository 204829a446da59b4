package cutaway.interp.heads;

import cutaway.interp.heads.HeadKinds.Kind;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Whether heads look at every other position, as those do that keep the moves of two players apart (Nanda et
/// al., arXiv:2309.00941, section 5: "my" and "their" heads), and which look at the position before.
///
/// With `P(d)` the mean attention, over queries, to the key `d` positions back (0 where there is no such
/// key), the alternation of a head is the smaller of two sums, where both have one sign, and 0 else:
///
///     A = sum over j >= 1 of P(2j) - P(2j + 1)     the even distance is the nearer one
///     B = sum over j >= 1 of P(2j) - P(2j - 1)     the odd distance is the nearer one
///
/// Pairs with the distance that has most of the attention (beyond the position itself) are left out of both.
/// So a head that looks the less the farther, or at one distance alone, such as the previous position, scores
/// 0. Above 0 a head looks at even distances, below 0 at odd ones.
///
/// The control is [AttentionScores]'s: each query's attention is dealt out anew among the keys that it sees,
/// the same way for all heads of a layer; the largest score of any head in any draw is the threshold. Queries at one
/// position are dealt alike in all sequences: where positions are learned they look alike for no reason.
///
/// @param kinds `even distances`, `odd distances` and `previous position`
/// @param profile `P`, `[layer][head][distance]`
public record HeadParity(HeadKinds kinds, double[][][] profile) {

    public static final String EVEN = "even distances";
    public static final String ODD = "odd distances";
    public static final String PREVIOUS = "previous position";

    /// Of shorter sequences no distance but the largest is left to alternate.
    public static final int SHORTEST = 8;

    private static final int DRAWS = 50;

    /// @param sequences token ids, each at least [#SHORTEST] long
    /// @param seed of the control's draws
    /// @param progress told how many layers are read
    /// @throws BadInputException when the model is an encoder, or a sequence is too short
    public static HeadParity measure(Model model, List<int[]> sequences, long seed, IntConsumer progress) {
        if (!model.sizes().isCausal()) {
            throw new BadInputException(model.path()
                    + " is an encoder, whose heads look both ways; give a decoder, such as smollm2-135m-instruct.");
        }
        for (int[] sequence : sequences) {
            if (sequence.length < SHORTEST) {
                throw new BadInputException("a sequence has " + sequence.length + " tokens; how heads look at every"
                        + " other position is read off at least " + SHORTEST + ".");
            }
        }
        Batch batch = Batch.of(sequences, Batch.Side.RIGHT);
        int layers = model.sizes().layers();
        int heads = model.sizes().heads();
        double[][][] profile = new double[layers][heads][];
        double[] chance = new double[2]; // of the alternation, of the previous position
        Tap tap = (point, value) -> {
            if (point.kind() == Point.Kind.PATTERN) {
                Glance.Pattern pattern = new Glance.Pattern(value.toFloats(), heads, batch.length());
                profile[point.layer()] = profiles(batch, pattern, null);
                SplittableRandom random = new SplittableRandom(seed + point.layer());
                for (int draw = 0; draw < DRAWS; draw++) {
                    for (double[] one : profiles(batch, pattern, random)) {
                        chance[0] = Math.max(chance[0], Math.abs(alternation(one)));
                        chance[1] = Math.max(chance[1], one[1]);
                    }
                }
                progress.accept(point.layer() + 1);
            }
            return value;
        };
        try (Scope _ = Scope.open();
                Tensor residual = model.residual(batch, tap)) {
            residual.shape();
        }
        return new HeadParity(kinds(batch, seed, profile, chance), profile);
    }

    /// @param random deals the keys of each query out anew; null leaves them
    /// @return `[head][distance]`
    private static double[][] profiles(Batch batch, Glance.Pattern pattern, @Nullable SplittableRandom random) {
        double[][] profiles = new double[pattern.heads()][batch.length()];
        List<int[]> dealt = new ArrayList<>(); // to each query, the keys that it sees
        for (int query = 0; query < batch.length(); query++) {
            dealt.add(random == null ? IntStream.rangeClosed(0, query).toArray() : Shuffle.order(query + 1, random));
        }
        int queries = 0;
        for (int row = 0; row < batch.size(); row++) {
            int first = batch.place(row, 0);
            int length = batch.promptLength(row);
            for (int query = 1; query < length; query++) {
                queries++;
                int[] keys = dealt.get(query);
                for (int head = 0; head < profiles.length; head++) {
                    for (int back = 0; back <= query; back++) {
                        profiles[head][back] += pattern.at(row, head, first + query, first + keys[query - back]);
                    }
                }
            }
        }
        for (double[] one : profiles) {
            for (int i = 0; i < one.length; i++) {
                one[i] /= queries;
            }
        }
        return profiles;
    }

    /// @param profile attention by distance
    static double alternation(double[] profile) {
        int most =
                IntStream.range(1, profile.length).reduce(1, (best, one) -> profile[one] > profile[best] ? one : best);
        double evenNearer = 0;
        double oddNearer = 0;
        for (int even = 2; even < profile.length; even += 2) {
            if (even == most) {
                continue;
            }
            if (even + 1 < profile.length && even + 1 != most) {
                evenNearer += profile[even] - profile[even + 1];
            }
            if (even - 1 != most) {
                oddNearer += profile[even] - profile[even - 1];
            }
        }
        if (evenNearer * oddNearer <= 0) {
            return 0;
        }
        return Math.abs(evenNearer) < Math.abs(oddNearer) ? evenNearer : oddNearer;
    }

    private static HeadKinds kinds(Batch batch, long seed, double[][][] profile, double[] chance) {
        List<Kind> kinds = new ArrayList<>();
        String among = "the same of all heads with each query's attention dealt out anew among the keys that it sees;"
                + " the largest of " + DRAWS + " draws";
        String alternation =
                "mean attention to %s distances, beyond that to their neighbours on either side, but for the"
                        + " distance that is looked at most";
        kinds.add(kind(EVEN, alternation.formatted("even"), among, chance[0], profile, HeadParity::alternation));
        kinds.add(kind(ODD, alternation.formatted("odd"), among, chance[0], profile, one -> -alternation(one)));
        kinds.add(kind(PREVIOUS, "mean attention to the position before", among, chance[1], profile, one -> one[1]));
        return new HeadKinds(seed, batch.size(), batch.length(), kinds, List.of());
    }

    private static Kind kind(
            String name,
            String statistic,
            String control,
            double threshold,
            double[][][] profile,
            ToDoubleFunction<double[]> score) {
        double[][] scores = Arrays.stream(profile)
                .map(layer -> Arrays.stream(layer)
                        .mapToDouble(one -> Math.max(0, score.applyAsDouble(one)))
                        .toArray())
                .toArray(double[][]::new);
        return new Kind(name, statistic, control, threshold, 2 * threshold, scores);
    }

    /// The heads of even and of odd distances, those that alternate most first.
    public List<SilencedHeads.Head> alternating() {
        List<SilencedHeads.Head> heads = new ArrayList<>();
        for (int layer = 0; layer < profile.length; layer++) {
            for (int head = 0; head < profile[layer].length; head++) {
                List<String> named = kinds.of(layer, head);
                if (named.contains(EVEN) || named.contains(ODD)) {
                    heads.add(new SilencedHeads.Head(layer, head));
                }
            }
        }
        heads.sort(Comparator.comparingDouble(of -> -Math.abs(alternation(profile[of.layer()][of.head()]))));
        return List.copyOf(heads);
    }

    /// Mean attention of a head to its own position, to the one before, and beyond these to even and to odd
    /// distances.
    ///
    /// @param self distance 0
    /// @param previous distance 1
    /// @param even distances from 2
    /// @param odd distances from 3
    public record Shares(double self, double previous, double even, double odd) {}

    public Shares shares(int layer, int head) {
        double[] of = profile[layer][head];
        double even = 0;
        double odd = 0;
        for (int back = 2; back < of.length; back++) {
            even += back % 2 == 0 ? of[back] : 0;
            odd += back % 2 == 1 ? of[back] : 0;
        }
        return new Shares(of[0], of[1], even, odd);
    }
}
