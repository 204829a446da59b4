package cutaway.interp.explain;

import cutaway.interp.circuit.Differences;
import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Placebo;
import cutaway.interp.explain.Explanation.PatchingMap;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Activation patching of the residual stream over layers and positions (arXiv:2202.05262; arXiv:2404.15255 on the
/// method).
final class PatchingMaps {

    private PatchingMaps() {}

    private record Cell(int layer, int pos) {
        Site site() {
            return new Site.Resid(layer, Moment.PRE);
        }

        void put(double[][] grid, double value) {
            grid[layer][pos] = value;
        }
    }

    /// The edit of one cell, made on the contrast.
    static Edit edit(Setting setting, int layer, int pos) {
        return new Edit.Patch(new Cell(layer, pos).site(), Positions.of(pos), setting.prompt());
    }

    /// Cells before the first difference change nothing, and are not run.
    ///
    /// @param seed of the placebos
    static PatchingMap measure(Setting setting, long seed, IntConsumer progress) {
        List<Cell> cells = cells(setting);
        List<Cell> changed = new ArrayList<>();
        List<List<Edit>> variants = new ArrayList<>();
        for (Cell cell : cells) {
            variants.add(List.of(edit(setting, cell.layer, cell.pos)));
        }
        Random random = new Random(seed);
        try (Differences differences = new Differences(setting, sites(setting));
                Scope scope = Scope.open()) {
            for (Cell cell : cells) {
                Tensor change = differences.at(cell.site(), cell.pos, cell.pos + 1);
                if (change.norm() > 0) {
                    changed.add(cell);
                    variants.add(List.of(Placebo.of(cell.site(), Positions.of(cell.pos), change, random)));
                }
            }
        }
        double[] margins;
        try (Sweep sweep = new Sweep(setting.model(), setting.contrast(), setting.metric())) {
            margins = sweep.measure(variants, progress);
        }
        double[][] recovered = grid(setting);
        for (int i = 0; i < cells.size(); i++) {
            cells.get(i).put(recovered, setting.recovered(margins[i]));
        }
        double[][] placebo = grid(setting);
        for (int i = 0; i < changed.size(); i++) {
            changed.get(i).put(placebo, setting.recovered(margins[cells.size() + i]));
        }
        return new PatchingMap(recovered, placebo, largest(placebo));
    }

    /// As [#measure], but estimated: the slope on the contrast times the change.
    static PatchingMap estimate(Setting setting, FirstOrder firstOrder, long seed) {
        double[][] recovered = grid(setting);
        double[][] placebo = grid(setting);
        Random random = new Random(seed);
        int first = setting.firstDifference();
        for (int layer = 0; layer < recovered.length; layer++) {
            try (Scope _ = Scope.open()) {
                Site site = new Cell(layer, first).site();
                Tensor slope = Objects.requireNonNull(firstOrder.onContrast().get(site))
                        .select(0, 0)
                        .slice(0, first, setting.length());
                Tensor change = firstOrder.differences().at(site);
                double[] changes = slope.times(change).sum(-1, false).toDoubles();
                double[] placebos =
                        slope.times(Placebo.like(change, random)).sum(-1, false).toDoubles();
                for (int i = 0; i < changes.length; i++) {
                    recovered[layer][first + i] = changes[i] / setting.span();
                    placebo[layer][first + i] = placebos[i] / setting.span();
                }
            }
        }
        return new PatchingMap(recovered, placebo, largest(placebo));
    }

    private static List<Cell> cells(Setting setting) {
        return IntStream.range(0, setting.model().sizes().layers())
                .boxed()
                .flatMap(layer -> IntStream.range(setting.firstDifference(), setting.length())
                        .mapToObj(pos -> new Cell(layer, pos)))
                .toList();
    }

    private static List<Site> sites(Setting setting) {
        return cells(setting).stream().map(Cell::site).distinct().toList();
    }

    private static double[][] grid(Setting setting) {
        return new double[setting.model().sizes().layers()][setting.length()];
    }

    private static double largest(double[][] grid) {
        return Arrays.stream(grid)
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .max()
                .orElse(0);
    }
}
