package cutaway.server.lens;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.model.Model;
import cutaway.model.parts.BetweenBlocks;
import cutaway.server.api.Limits;
import cutaway.server.job.Work;
import cutaway.server.lens.Effects.EffectAsked;
import cutaway.server.lens.Effects.Measured;
import cutaway.server.model.OpenModel;
import cutaway.server.model.OpenModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What edits do to a metric on a text that is long enough to be waited for, as a job. What the edits do is its draft,
/// there before their controls are.
public final class EffectWork implements Work<EffectAsked, Measured> {

    private static final Kind<EffectAsked, Measured> KIND = new Kind<>(
            "effect", "what edits do on a long text", EffectAsked.class, Measured.class, Optional.of(Measured.class));

    private final OpenModels models;
    private final Limits limits;

    public EffectWork(OpenModels models, Limits limits) {
        this.models = models;
        this.limits = limits;
    }

    @Override
    public Kind<EffectAsked, Measured> kind() {
        return KIND;
    }

    /// It is asked for with each click.
    @Override
    public boolean isForItsPage() {
        return true;
    }

    @Override
    public void check(EffectAsked asked) {
        Effects.check(asked);
        try (OpenModels.Lease lease = models.use(asked.model())) {
            check(asked, lease.model().model());
        }
    }

    private void check(EffectAsked asked, Model model) {
        List<Edit> all = new ArrayList<>(asked.base().edits());
        all.addAll(asked.edits());
        limits.checkRuns(model, new Source(asked.base().prompt(), asked.base().ids(), all));
    }

    @Override
    public Measured run(EffectAsked asked, Told told) {
        try (OpenModels.Lease lease = models.use(asked.model())) {
            OpenModel model = lease.model();
            Steps steps = new Steps(told);
            return BetweenBlocks.during(steps, () -> Effects.of(model, asked, steps));
        }
    }

    /// Says which of its runs goes on, and at which block.
    private static final class Steps implements BetweenBlocks.Deed, Effects.Heard {
        private final Told told;
        private String step = "the text as it is";
        private String done = "";

        Steps(Told told) {
            this.told = told;
        }

        @Override
        public synchronized void base() {
            step = "the text with the edit";
        }

        @Override
        public synchronized void edited(Measured alone) {
            told.draft(alone);
            step = "controls";
        }

        @Override
        public synchronized void controls(int done, int of) {
            this.done = done + " of " + of + " done, ";
        }

        /// For one thread at a time: of those that help each other one lets others go first, and the rest wait for it.
        @Override
        public synchronized void at(int block, int of) {
            told.at(step, done + "block " + (block + 1) + " of " + of);
        }
    }
}
