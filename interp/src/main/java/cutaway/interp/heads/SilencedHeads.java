package cutaway.interp.heads;

import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.Interval;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What a reading of a model loses where some heads are silenced, beside as many other heads of the same layers.
///
/// A silenced head goes on with what it gathers on average, `z`'s mean over all positions of the run, so it says
/// nothing of what it reads (mean ablation). In a layer with fewer other heads than named ones, only as many of these
/// are silenced, those that come first; so each control is of the same size in each layer.
///
/// @param silenced those of the named heads that have as many others beside them
/// @param whole the reading of the model as it is, mean over texts
/// @param without the same with the named heads silenced
/// @param others the same with other heads silenced, one a draw
/// @param beyond 95 % bootstrap interval, over texts, of what the named heads cost beyond the mean of the others
public record SilencedHeads(
        List<Head> silenced, double whole, double without, List<Double> others, Optional<Interval> beyond) {

    /// @param layer from 0
    /// @param head from 0
    public record Head(int layer, int head) {
        @Override
        public String toString() {
            return "L" + layer + "H" + head;
        }
    }

    /// What is read of a run, by text: the more, the better.
    @FunctionalInterface
    public interface Reading {

        /// @param tap through which the model is run, from the first block on
        double[] of(Tap tap);
    }

    public SilencedHeads {
        silenced = List.copyOf(silenced);
        others = List.copyOf(others);
    }

    /// Mean over the draws.
    public double ofOthers() {
        return others.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /// Whether the named heads cost more than those of every draw, and the interval over texts says so too.
    public boolean isMore() {
        return beyond.filter(it -> it.low() > 0).isPresent() && others.stream().allMatch(other -> without < other);
    }

    /// @param named heads, those that matter most first
    /// @param batch of the run
    /// @param draws of other heads at most: fewer where there are not so many different ones
    /// @param seed of the draws
    /// @return empty where no named head has another beside it in its layer
    /// @throws BadInputException when a head is not the model's
    public static Optional<SilencedHeads> measure(
            Model model, Batch batch, List<Head> named, int draws, long seed, Reading reading) {
        int heads = model.sizes().heads();
        for (Head head : named) {
            if (head.layer < 0 || head.layer >= model.sizes().layers() || head.head < 0 || head.head >= heads) {
                throw new BadInputException("no head " + head + "; the model has "
                        + model.sizes().layers() + " layers of " + heads + " heads, from L0H0 on.");
            }
        }
        Set<Head> all = new LinkedHashSet<>(named);
        List<Head> silenced = all.stream().collect(Collectors.groupingBy(Head::layer)).values().stream()
                .flatMap(layer -> layer.stream().limit(heads - layer.size()))
                .sorted((a, b) -> a.layer != b.layer ? a.layer - b.layer : a.head - b.head)
                .toList();
        if (silenced.isEmpty()) {
            return Optional.empty();
        }
        double[] whole = reading.of(Tap.NONE);
        double[] without = reading.of(silencing(batch, silenced));
        double[] mean = new double[whole.length];
        List<Double> others = new ArrayList<>();
        Set<Set<Head>> drawn = drawn(silenced, all, heads, draws, seed);
        for (Set<Head> some : drawn) {
            double[] one = reading.of(silencing(batch, List.copyOf(some)));
            Arrays.setAll(mean, text -> mean[text] + one[text] / drawn.size());
            others.add(mean(one));
        }
        double[] beyond = IntStream.range(0, mean.length)
                .mapToDouble(text -> mean[text] - without[text])
                .toArray();
        return Optional.of(new SilencedHeads(
                silenced,
                mean(whole),
                mean(without),
                others,
                Bootstrap.seeded(seed).mean(beyond)));
    }

    /// Different choices of as many heads in each layer, none of them named.
    private static Set<Set<Head>> drawn(List<Head> silenced, Set<Head> named, int heads, int draws, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<Set<Head>> drawn = new LinkedHashSet<>();
        for (int tries = 0; drawn.size() < draws && tries < 20 * draws; tries++) {
            Set<Head> some = new LinkedHashSet<>();
            for (Head head : silenced) {
                List<Head> free = IntStream.range(0, heads)
                        .mapToObj(other -> new Head(head.layer, other))
                        .filter(other -> !named.contains(other) && !some.contains(other))
                        .toList();
                some.add(free.get(random.nextInt(free.size())));
            }
            drawn.add(some);
        }
        return drawn;
    }

    /// Puts the mean over all positions of a batch in the place of what some heads gather.
    ///
    /// @param batch that is run: padding does not count
    public static Tap silencing(Batch batch, List<Head> silenced) {
        long[] real = IntStream.range(0, batch.size())
                .boxed()
                .flatMapToInt(row -> IntStream.range(0, batch.length())
                        .filter(pos -> batch.isReal(row, pos))
                        .map(pos -> row * batch.length() + pos))
                .asLongStream()
                .toArray();
        return (point, z) -> {
            if (point.kind() != Point.Kind.Z || silenced.stream().noneMatch(head -> head.layer == point.layer())) {
                return z;
            }
            return Scope.keep(() -> {
                float[] keeps = new float[(int) z.dim(2)];
                Arrays.fill(keeps, 1);
                silenced.stream().filter(head -> head.layer == point.layer()).forEach(head -> keeps[head.head] = 0);
                Tensor keep = Tensor.of(keeps, keeps.length, 1).to(z.dtype()); // [head, 1]
                Tensor mean = z.reshape(-1, z.dim(2), z.dim(3))
                        .gatherRows(0, Tensor.of(real, real.length))
                        .to(Dtype.F64)
                        .mean(0, false)
                        .to(z.dtype()); // [head, dHead]
                return z.times(keep).plus(mean.minus(mean.times(keep))); // [batch, pos, head, dHead]
            });
        };
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }
}
