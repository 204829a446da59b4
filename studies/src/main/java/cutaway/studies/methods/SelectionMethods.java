package cutaway.studies.methods;

import cutaway.features.select.Components;
import cutaway.features.select.Masking;
import cutaway.features.select.Selection;
import cutaway.interp.geometry.PrincipalComponents;
import cutaway.studies.Goal;
import cutaway.studies.methods.Rating.Asked;
import cutaway.studies.methods.Rating.Baseline;
import cutaway.studies.methods.Rating.Silence;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// How many components rows have beside noise, chosen without a truth.
final class SelectionMethods implements Family {

    private static final String NAME = "selection";
    private static final int ROWS = 600;
    private static final int D = 32;
    private static final double[] RANKS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16};

    @Override
    public String name() {
        return NAME;
    }

    /// @param rank that is planted
    private record Seen(int rank, Selection selection, double kaiser, double nothing) {

        /// The smaller of two ranks, of the larger.
        double near(double chosen) {
            return Math.min(chosen, rank) / Math.max(chosen, rank);
        }
    }

    @Override
    public List<Rating> rate(int seeds) {
        List<Seen> all =
                IntStream.range(0, seeds).mapToObj(SelectionMethods::see).toList();
        return List.of(Rating.of(
                new Asked(
                        NAME,
                        "selection by masking",
                        "features select",
                        "1 to 4 components, each four times the variance of the noise"),
                "rank chosen and planted, the smaller of the larger",
                Goal.atLeast(1),
                all.stream()
                        .mapToDouble(one -> one.near(one.selection.chosen().value()))
                        .toArray(),
                List.of(
                        Baseline.of(
                                "the least loss of what is seen",
                                all.stream()
                                        .mapToDouble(one ->
                                                one.near(one.selection.byTrain().value()))
                                        .toArray()),
                        Baseline.of(
                                "components above the mean variance",
                                all.stream()
                                        .mapToDouble(one -> one.near(one.kaiser))
                                        .toArray())),
                Silence.of(
                        "components chosen of noise",
                        Goal.atMost(0),
                        all.stream().mapToDouble(Seen::nothing).toArray())));
    }

    private static Seen see(int seed) {
        try (Scope _ = Scope.open()) {
            int rank = 1 + new Random(seed).generator().nextInt(4);
            Tensor rows = rows(rank, seed);
            return new Seen(
                    rank,
                    select(rows, seed),
                    kaiser(rows),
                    select(rows(0, seed), seed).chosen().value());
        }
    }

    /// Rows of a rank, each component of variance 4, with noise of variance 1.
    private static Tensor rows(int rank, long seed) {
        Random random = new Random(seed + 300);
        Tensor noise = random.normal(ROWS, D);
        if (rank == 0) {
            return noise;
        }
        Tensor drawn = random.normal(rank, D);
        Tensor directions = drawn.over(drawn.norms(1).unsqueeze(1));
        return noise.plus(random.normal(ROWS, rank).times(2).matmul(directions));
    }

    private static Selection select(Tensor rows, long seed) {
        try (Components components = Components.of(rows.slice(0, 0, ROWS / 2))) {
            return new Masking(16, seed)
                    .select("rank", RANKS, rank -> components.ofRank((int) rank), rows.slice(0, ROWS / 2, ROWS));
        }
    }

    /// Kaiser's rule.
    private static double kaiser(Tensor rows) {
        double[] variances = PrincipalComponents.of(rows, D).variances();
        double mean = Arrays.stream(variances).average().orElse(Double.NaN);
        return Arrays.stream(variances).filter(variance -> variance > mean).count();
    }
}
