package cutaway.interp.explain;

import cutaway.interp.circuit.Setting;
import cutaway.interp.explain.Explanation.LogitLens;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
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

    static LogitLens read(Setting setting) {
        int layers = setting.model().sizes().layers();
        List<Site> sites = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            sites.add(new Site.Resid(layer, Moment.PRE));
        }
        sites.add(new Site.Resid(layers - 1, Moment.POST));
        int[][] rank = new int[layers + 1][];
        double[][] probability = new double[layers + 1][];
        try (Trace trace = Runs.run(
                setting.model(), Batch.of(setting.ids()), setting.prompt().edits(), sites)) {
            for (int at = 0; at <= layers; at++) {
                Site site = sites.get(at);
                int row = at;
                try (Scope scope = Scope.open()) {
                    Tensor logits = setting.model()
                            .transformer()
                            .unembed(trace.at(site), Tap.NONE)
                            .squeeze(0); // [pos, vocab]
                    Tensor answer = logits.slice(
                            1, setting.metric().answer(), setting.metric().answer() + 1); // [pos, 1]
                    double[] above =
                            logits.greater(answer).to(Dtype.F32).sum(1, false).toDoubles();
                    rank[row] =
                            Arrays.stream(above).mapToInt(count -> (int) count).toArray();
                    probability[row] = logits.softmax(-1)
                            .select(1, setting.metric().answer())
                            .toDoubles();
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
