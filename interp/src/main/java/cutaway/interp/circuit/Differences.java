package cutaway.interp.circuit;

import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.tensor.Tensor;
import java.util.List;

/// The values of the prompt's run and the contrast's run at the same sites.
public final class Differences implements AutoCloseable {

    private final Setting setting;
    private final Trace prompt;
    private final Trace contrast;

    public Differences(Setting setting, List<Site> sites) {
        this.setting = setting;
        this.prompt = trace(setting, setting.prompt(), sites);
        this.contrast = trace(setting, setting.contrast(), sites);
    }

    private static Trace trace(Setting setting, Source source, List<Site> sites) {
        return Runs.run(setting.model(), Batch.of(source.ids(setting.model())), source.edits(), sites);
    }

    public Trace prompt() {
        return prompt;
    }

    /// Prompt minus contrast at the positions from the first difference on, `[positions, width]`.
    public Tensor at(Site site) {
        return at(site, setting.firstDifference(), setting.length());
    }

    /// Prompt minus contrast at some positions, end not included, `[positions, width]`.
    public Tensor at(Site site, int from, int end) {
        Tensor there = prompt.at(site).select(0, 0).slice(0, from, end);
        return there.minus(contrast.at(site).select(0, 0).slice(0, from, end));
    }

    @Override
    public void close() {
        prompt.close();
        contrast.close();
    }
}
