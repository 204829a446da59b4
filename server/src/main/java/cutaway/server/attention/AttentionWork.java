package cutaway.server.attention;

import cutaway.interp.edit.Source;
import cutaway.server.api.Limits;
import cutaway.server.attention.Overviews.AttentionAsked;
import cutaway.server.attention.Overviews.AttentionOverview;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModel;
import cutaway.server.model.OpenModels;

/// Where every head looks in a text that is long enough to be waited for, as a job.
public final class AttentionWork implements Work<AttentionAsked, AttentionOverview> {

    private static final Kind<AttentionAsked, AttentionOverview> KIND = new Kind<>(
            "attention", "where every head looks in a long text", AttentionAsked.class, AttentionOverview.class);

    private final OpenModels models;
    private final Limits limits;
    private final Overviews overviews;

    public AttentionWork(OpenModels models, Limits limits, Overviews overviews) {
        this.models = models;
        this.limits = limits;
        this.overviews = overviews;
    }

    @Override
    public Kind<AttentionAsked, AttentionOverview> kind() {
        return KIND;
    }

    /// It is asked for with each text that is typed.
    @Override
    public boolean isForItsPage() {
        return true;
    }

    @Override
    public void check(AttentionAsked asked) {
        try (OpenModels.Lease lease = models.use(asked.model())) {
            limits.checkRuns(lease.model().model(), Source.of(asked.text()));
        }
    }

    @Override
    public AttentionOverview run(AttentionAsked asked, Told told) {
        try (OpenModels.Lease lease = models.use(asked.model())) {
            OpenModel model = lease.model();
            int all = model.model().sizes().layers();
            return overviews
                    .known(model, asked.text())
                    .orElseGet(() -> overviews.read(
                            model,
                            asked.text(),
                            layers -> told.at("patterns of all heads", layers + " of " + all + " layers")));
        }
    }
}
