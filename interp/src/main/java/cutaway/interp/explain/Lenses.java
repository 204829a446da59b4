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
import java.util.stream.IntStream;

/// The logit lens (nostalgebraist 2020): what the residual stream would say if the model ended there.
final class Lenses {

    /// Positions, of all layers, that are unembedded in one product, whose weights are read once for many; and bytes
    /// that their logits may take.
    private static final int TOGETHER = 256;

    private static final long LOGIT_BYTES = 64_000_000;

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
        int length = trace.batch().length();
        long rows = Math.min(TOGETHER, LOGIT_BYTES / (4L * model.sizes().vocab()));
        int layers = (int) Math.max(1, rows / length);
        for (int first = 0; first < sites.size(); first += layers) {
            List<Site> some = sites.subList(first, Math.min(first + layers, sites.size()));
            try (Scope scope = Scope.open()) {
                Tensor streams = Tensor.cat(some.stream().map(trace::at).toList(), 1); // [1, layer * pos, dModel]
                Tensor logits = model.transformer().unembed(streams, Tap.NONE).squeeze(0); // [layer * pos, vocab]
                Tensor ofAnswer = logits.slice(1, answer, answer + 1L);
                double[] above =
                        logits.greater(ofAnswer).to(Dtype.F32).sum(1, false).toDoubles();
                Tensor probabilities = logits.softmax(-1);
                double[] ofAll = probabilities.select(1, answer).toDoubles();
                for (int i = 0; i < some.size(); i++) {
                    int from = i * length;
                    int layer = first + i;
                    rank[layer] = IntStream.range(from, from + length)
                            .map(row -> (int) above[row])
                            .toArray();
                    probability[layer] = Arrays.copyOfRange(ofAll, from, from + length);
                    reader.read(layer, probabilities.slice(0, from, (long) from + length));
                }
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
