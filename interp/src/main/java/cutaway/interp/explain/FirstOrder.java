package cutaway.interp.explain;

import cutaway.interp.attribution.DirectLogitAttribution;
import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Differences;
import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.Cores;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What gradients tell of a setting: the values of both runs and the margin's slopes there, from two passes without
/// gradients and two with.
///
/// To first order, a patch changes the margin by the change of the value times the slope (attribution patching; Nanda
/// 2023). It says nothing of what saturates on the way. Unlike [cutaway.interp.attribution.AttributionPatching] it
/// keeps the slopes, which serve heads, MLPs, the residual stream and the placebos of all of them.
final class FirstOrder implements AutoCloseable {

    private final Differences differences;
    private final Map<Site, Tensor> onPrompt = new HashMap<>();
    private final Map<Site, Tensor> onContrast = new HashMap<>();

    /// @param progress told which pass is next
    FirstOrder(Setting setting, Consumer<String> progress) {
        Model model = setting.model();
        List<Site> components = Component.sites(model.sizes());
        List<Site> all = new ArrayList<>(components);
        for (int layer = 0; layer < model.sizes().layers(); layer++) {
            all.add(new Site.Resid(layer, Moment.PRE));
        }
        List<Site> values = new ArrayList<>(all);
        values.addAll(DirectLogitAttribution.sites(model, false));
        progress.accept("both runs");
        differences = new Differences(setting, values.stream().distinct().toList());
        try {
            progress.accept("slopes on both runs");
            Cores.forEach(
                    2,
                    run -> { // a way back keeps to one core
                        if (run == 0) {
                            onPrompt.putAll(slopes(setting, setting.prompt(), components));
                        } else {
                            onContrast.putAll(slopes(setting, setting.contrast(), all));
                        }
                    });
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Map<Site, Tensor> slopes(Setting setting, Source run, List<Site> sites) {
        Model model = setting.model();
        return Runs.gradients(model, run.ids(model), run.edits(), setting.metric(), sites);
    }

    /// At every head, MLP and residual stream before a block, and where direct logit attribution reads.
    Differences differences() {
        return differences;
    }

    /// Of the margin on the prompt, at [Component#sites].
    Map<Site, Tensor> onPrompt() {
        return onPrompt;
    }

    /// Of the margin on the contrast, at [Component#sites] and at the residual stream before each block.
    Map<Site, Tensor> onContrast() {
        return onContrast;
    }

    @Override
    public void close() {
        differences.close();
        onPrompt.values().forEach(Tensor::close);
        onContrast.values().forEach(Tensor::close);
    }
}
