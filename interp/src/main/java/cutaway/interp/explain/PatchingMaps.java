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
import java.util.List;
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
    }

    /// The edit of one cell, made on the contrast.
    static Edit edit(Setting setting, int layer, int pos) {
        return new Edit.Patch(new Cell(layer, pos).site(), Positions.of(pos), setting.prompt());
    }

    /// Cells before the first difference change nothing, and are not run.
    ///
    /// @param seed of the placebos
    static PatchingMap measure(Setting setting, long seed, IntConsumer progress) {
        int layers = setting.model().sizes().layers();
        List<Cell> cells = IntStream.range(0, layers)
                .boxed()
                .flatMap(layer -> IntStream.range(setting.firstDifference(), setting.length())
                        .mapToObj(pos -> new Cell(layer, pos)))
                .toList();
        List<Cell> changed = new ArrayList<>();
        List<List<Edit>> variants = new ArrayList<>();
        for (Cell cell : cells) {
            variants.add(List.of(edit(setting, cell.layer, cell.pos)));
        }
        Random random = new Random(seed);
        List<Site> sites = cells.stream().map(Cell::site).distinct().toList();
        try (Differences differences = new Differences(setting, sites);
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
        double[][] recovered = grid(setting, cells, margins, 0);
        double[][] placebo = grid(setting, changed, margins, cells.size());
        double threshold = IntStream.range(cells.size(), margins.length)
                .mapToDouble(i -> Math.abs(setting.recovered(margins[i])))
                .max()
                .orElse(0);
        return new PatchingMap(recovered, placebo, threshold);
    }

    private static double[][] grid(Setting setting, List<Cell> cells, double[] margins, int first) {
        double[][] grid = new double[setting.model().sizes().layers()][setting.length()];
        for (int i = 0; i < cells.size(); i++) {
            grid[cells.get(i).layer][cells.get(i).pos] = setting.recovered(margins[first + i]);
        }
        return grid;
    }
}
