package cutaway.studies.noise2self;

import cutaway.features.select.Components;
import cutaway.features.select.Halves;
import cutaway.features.select.Selection;
import cutaway.features.select.Thinning;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Cells by genes: Poisson counts about rates of a known rank, sums of products of gamma variables.
final class Counts {

    static final int RANK = 8;

    private static final int MOST = 30;
    private static final double SHARE = 0.9;
    private static final double DEPTH = 5;

    private Counts() {}

    /// What was chosen of one draw.
    ///
    /// @param excess loss to the true rates at the rank that the train loss chooses, over that at the true rank
    record Chosen(Selection selection, double excess) {}

    static Chosen choose(int cells, int genes, long seed) {
        RandomGenerator random = new Random(seed).generator();
        double[][] programs = gamma(RANK, genes, random);
        double[][] loads = gamma(cells, RANK, random);
        double[] rates = new double[cells * genes];
        double[] counts = new double[rates.length];
        for (int i = 0; i < rates.length; i++) {
            for (int r = 0; r < RANK; r++) {
                rates[i] += DEPTH / RANK * loads[i / genes][r] * programs[r][i % genes];
            }
            counts[i] = poisson(rates[i], random);
        }
        double[] ranks = IntStream.rangeClosed(1, MOST).asDoubleStream().toArray();
        try (Scope _ = Scope.open()) {
            Tensor whole = Tensor.of(counts, cells, genes);
            Tensor truth = Tensor.of(rates, cells, genes);
            try (Thinning thinned = Thinning.of(whole, SHARE, random);
                    Components ofPart = Components.of(thinned.first());
                    Components ofWhole = Components.of(whole)) {
                Selection selection = Halves.select(
                        "rank",
                        ranks,
                        rank -> ofPart.ofRank((int) rank),
                        thinned.first(),
                        thinned.second(),
                        thinned.scale());
                double excess = off(ofWhole, (int) selection.byTrain().value(), whole, truth)
                        / off(ofWhole, RANK, whole, truth);
                return new Chosen(selection, excess);
            }
        }
    }

    private static double off(Components components, int rank, Tensor counts, Tensor truth) {
        return Scope.free(() -> components
                .ofRank(rank)
                .denoise(counts)
                .minus(truth)
                .square()
                .mean()
                .item());
    }

    /// Of shape 1, so that programs differ.
    private static double[][] gamma(int rows, int columns, RandomGenerator random) {
        return IntStream.range(0, rows)
                .mapToObj(_ -> IntStream.range(0, columns)
                        .mapToDouble(_ -> random.nextExponential())
                        .toArray())
                .toArray(double[][]::new);
    }

    /// Arrivals before the time 1.
    private static int poisson(double rate, RandomGenerator random) {
        int count = -1;
        for (double time = 0; time < rate; time += random.nextExponential()) {
            count++;
        }
        return Math.max(0, count);
    }
}
