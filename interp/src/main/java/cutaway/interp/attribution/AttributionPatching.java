package cutaway.interp.attribution;

import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Attribution patching (Nanda 2023; Syed et al. 2023, arXiv:2310.10348): what patching a value from another run would
/// change, to first order:
///
///     effect = (value in the other run - value) . d metric / d value
///
/// Two passes forward and one backward answer for every head and MLP at once. It is an approximation: where a value
/// saturates what reads it, the gradient says nothing of what the patch would do.
public final class AttributionPatching {

    private AttributionPatching() {}

    /// @param heads by layer and head: of its z at all positions, in the metric's unit
    /// @param mlps by layer: of its output at all positions
    public record Effects(double[][] heads, double[] mlps) {}

    /// @param base the run that would be patched
    /// @param other the run that values would be taken from
    /// @throws BadInputException when the runs differ in length
    public static Effects of(Model model, Source base, Source other, Metric metric) {
        int[] ids = base.ids(model);
        int[] otherIds = other.ids(model);
        if (ids.length != otherIds.length) {
            throw new BadInputException(
                    "attribution patching compares a run of %d tokens with one of %d; give prompts of the same length."
                            .formatted(ids.length, otherIds.length));
        }
        int layers = model.sizes().layers();
        List<Site> sites = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            sites.add(new Site.Heads(layer, HeadPart.Z));
            sites.add(new Site.MlpOut(layer));
        }
        double[][] heads = new double[layers][];
        double[] mlps = new double[layers];
        try (Scope scope = Scope.open();
                Trace there = Runs.run(model, Batch.of(otherIds), other.edits(), sites)) {
            Runs.slopes(model, ids, base.edits(), metric, sites).forEach((site, slope) -> {
                Tensor effect = there.at(site).minus(slope.value()).times(slope.gradient()); // [1, pos, …]
                if (site instanceof Site.MlpOut(int layer)) {
                    mlps[layer] = effect.sum().item();
                } else if (site instanceof Site.Heads(int layer, HeadPart _)) {
                    heads[layer] = effect.sum(-1, false).sum(1, false).toDoubles(); // [1, head]
                }
            });
        }
        return new Effects(heads, mlps);
    }
}
