package cutaway.interp.explain;

import cutaway.interp.circuit.Setting;
import cutaway.interp.explain.Explanation.LogitLens;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The logit lens (nostalgebraist 2020): what the residual stream would say if the model ended there.
final class Lenses {

    private Lenses() {}

    /// Hears what the lens reads.
    interface Reader {

        /// @param layer 0 before the first block
        /// @param probabilities of all tokens, `[pos, vocab]`, freed when this returns
        void read(int layer, Tensor probabilities);
    }

    static LogitLens read(Setting setting) {
        Model model = setting.model();
        try (Trace trace =
                Runs.run(model, Batch.of(setting.ids()), setting.prompt().edits(), sites(model))) {
            return read(model, trace, setting.metric().answer(), (layer, probabilities) -> {});
        }
    }

    /// What a run must keep: the residual stream before each block and after the last.
    static List<Site> sites(Model model) {
        int layers = model.sizes().layers();
        List<Site> sites = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            sites.add(new Site.Resid(layer, Moment.PRE));
        }
        sites.add(new Site.Resid(layers - 1, Moment.POST));
        return sites;
    }

    static LogitLens read(Model model, Trace trace, int answer, Reader reader) {
        List<Site> sites = sites(model);
        int[][] rank = new int[sites.size()][];
        double[][] probability = new double[sites.size()][];
        for (int row = 0; row < sites.size(); row++) {
            try (Scope scope = Scope.open()) {
                Tensor logits = model.transformer()
                        .unembed(trace.at(sites.get(row)), Tap.NONE)
                        .squeeze(0); // [pos, vocab]
                Tensor ofAnswer = logits.slice(1, answer, answer + 1L); // [pos, 1]
                double[] above =
                        logits.greater(ofAnswer).to(Dtype.F32).sum(1, false).toDoubles();
                rank[row] = Arrays.stream(above).mapToInt(count -> (int) count).toArray();
                Tensor probabilities = logits.softmax(-1); // [pos, vocab]
                probability[row] = probabilities.select(1, answer).toDoubles();
                reader.read(row, probabilities);
            }
        }
        return new LogitLens(rank, probability, readableFrom(rank));
    }

    private static int readableFrom(int[][] rank) {
        int last = rank[0].length - 1;
        int from = -1;
        for (int layer = rank.length - 1; layer >= 0 && rank[layer][last] == 0; layer--) {
            from = layer;
        }
        return from;
    }
}
