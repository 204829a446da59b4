package cutaway.features.use;

import cutaway.interp.basis.Basis;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Which features say most on a prompt, and what each of them does there: the metric without it, at its position alone.
///
/// @param baseline the metric of the unedited run
/// @param unread positions that the dictionary is asked nothing of: attention sinks, where it was trained without
/// @param rows the features that add most, the largest first
public record ActiveFeatures(double baseline, List<Integer> unread, List<Row> rows) {

    public ActiveFeatures {
        unread = List.copyOf(unread);
        rows = List.copyOf(rows);
    }

    /// A feature at a position.
    ///
    /// @param activation its code
    /// @param norm of what it adds to its sites, in their units: features are ranked by it
    /// @param effect the metric when its code is 0 there, less the baseline
    /// @param placebo the same when a random direction as long is added in its place, at each of its sites
    public record Row(int feature, int position, double activation, double norm, double effect, double placebo) {}

    /// @param by what its direction is multiplied by
    private record Active(Latent latent, int position, double activation, double by, double norm) {}

    /// @param most how many
    /// @param seed of the random directions
    /// @param progress is told how many runs are done, of twice as many as there are rows
    public static ActiveFeatures of(
            Model model, Basis basis, Source prompt, Metric metric, int most, long seed, IntConsumer progress) {
        Codes codes = basis.codes(model, prompt);
        List<Active> strongest = strongest(basis, codes, most);
        List<List<Edit>> variants = new ArrayList<>();
        for (Active one : strongest) {
            variants.add(one.latent.set(codes, one.position, one.position, _ -> 0));
        }
        Random random = new Random(seed);
        for (Active one : strongest) {
            variants.add(basis.direction(one.latent.index()).stream()
                    .<Edit>map(part -> new Edit.Add(
                            part.site(),
                            Positions.of(one.position),
                            Values.of(random.direction(
                                    part.vector().length, Math.abs(one.by) * Math.sqrt(square(part))))))
                    .toList());
        }
        try (Sweep sweep = new Sweep(model, prompt, metric)) {
            Reach reach = Reach.of(metric, model.sizes(), codes.length());
            double[] values = sweep.measure(reach.reaching(variants), progress);
            List<Row> rows = IntStream.range(0, strongest.size())
                    .mapToObj(i -> {
                        Active one = strongest.get(i);
                        return new Row(
                                one.latent.index(),
                                one.position,
                                one.activation,
                                one.norm,
                                values[i] - sweep.baseline(),
                                values[strongest.size() + i] - sweep.baseline());
                    })
                    .toList();
            return new ActiveFeatures(sweep.baseline(), codes.unread(), rows);
        }
    }

    private static List<Active> strongest(Basis basis, Codes codes, int most) {
        Map<Integer, Double> norms = new HashMap<>();
        List<Active> all = new ArrayList<>();
        for (int position = 0; position < codes.length(); position++) {
            for (int feature : codes.active(position, position)) {
                double code = codes.at(position, feature);
                double by = codes.scales()[position] * code;
                double norm = norms.computeIfAbsent(feature, index -> norm(basis.direction(index)));
                all.add(new Active(new Latent(basis, feature), position, code, by, Math.abs(by) * norm));
            }
        }
        return all.stream()
                .sorted(Comparator.comparingDouble(Active::norm).reversed())
                .limit(most)
                .toList();
    }

    private static double norm(List<Basis.Part> direction) {
        return Math.sqrt(direction.stream().mapToDouble(ActiveFeatures::square).sum());
    }

    private static double square(Basis.Part part) {
        return DoubleStream.of(part.vector()).map(number -> number * number).sum();
    }
}
