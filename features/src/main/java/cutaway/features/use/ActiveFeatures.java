package cutaway.features.use;

import cutaway.interp.basis.Codes;
import cutaway.interp.basis.Latent;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Reach;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.model.Model;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Which features say most on a prompt, and what each of them does there: the metric without it, at its position alone.
public final class ActiveFeatures {

    /// A feature at a position.
    ///
    /// @param activation its code
    /// @param norm of what it adds to the site, in the site's units: features are ranked by it
    /// @param effect the metric when its code is 0 there, less the metric of the unedited run
    /// @param placebo the same when a random direction of that norm is taken away in its place
    public record Row(int feature, int position, double activation, double norm, double effect, double placebo) {}

    private ActiveFeatures() {}

    /// Those that add most, the largest first.
    ///
    /// @param most how many
    /// @param seed of the random directions
    /// @param progress is told how many runs are done, of twice as many as there are rows
    public static List<Row> of(
            Model model,
            DictionaryBasis basis,
            Source prompt,
            Metric metric,
            int most,
            long seed,
            IntConsumer progress) {
        Codes codes = basis.codes(model, prompt);
        List<Row> strongest = strongest(basis, codes, most);
        List<List<Edit>> variants = new ArrayList<>();
        for (Row row : strongest) {
            variants.add(new Latent(basis, row.feature).set(codes, row.position, row.position, _ -> 0));
        }
        Random random = new Random(seed);
        for (Row row : strongest) {
            variants.add(List.of(new Edit.Add(
                    basis.output(),
                    Positions.of(row.position),
                    Values.of(randomly(random, basis.dictionary().dOut(), row.norm)))));
        }
        try (Sweep sweep = new Sweep(model, prompt, metric)) {
            Reach reach = Reach.of(metric, model.sizes(), codes.length());
            double[] values = sweep.measure(reach.reaching(variants), progress);
            return IntStream.range(0, strongest.size())
                    .mapToObj(i -> {
                        Row row = strongest.get(i);
                        return new Row(
                                row.feature,
                                row.position,
                                row.activation,
                                row.norm,
                                values[i] - sweep.baseline(),
                                values[strongest.size() + i] - sweep.baseline());
                    })
                    .toList();
        }
    }

    /// Without what they do.
    private static List<Row> strongest(DictionaryBasis basis, Codes codes, int most) {
        double[] norms = basis.dictionary().decoderNorms();
        List<Row> all = new ArrayList<>();
        for (int position = 0; position < codes.length(); position++) {
            for (int feature : codes.active(position, position)) {
                double code = codes.at(position, feature);
                all.add(new Row(
                        feature, position, code, Math.abs(codes.scales()[position] * code) * norms[feature], 0, 0));
            }
        }
        return all.stream()
                .sorted(Comparator.comparingDouble(Row::norm).reversed())
                .limit(most)
                .toList();
    }

    private static double[] randomly(Random random, int length, double norm) {
        double[] drawn = Scope.free(() -> random.normal(length).toDoubles());
        double there = Math.sqrt(DoubleStream.of(drawn).map(part -> part * part).sum());
        return DoubleStream.of(drawn).map(part -> part * norm / there).toArray();
    }
}
