package cutaway.server.ledger;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.evidence.Claim;
import cutaway.interp.evidence.ClaimTest;
import cutaway.interp.prompts.PairFile;
import cutaway.interp.prompts.PromptPair;
import cutaway.server.api.Limits;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModels;
import cutaway.tensor.BadInputException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Measures a claim on prompts that were held out, as a job.
public final class HeldOutWork implements Work<HeldOutWork.HeldOutAsked, Ledger.Entry> {

    private static final Kind<HeldOutAsked, Ledger.Entry> KIND = new Kind<>(
            "held-out", "a claim to be measured on held-out prompts", HeldOutAsked.class, Ledger.Entry.class);

    private static final int MOST_PAIRS = 200;

    private final Ledger ledger;
    private final OpenModels models;
    private final Limits limits;

    public HeldOutWork(Ledger ledger, OpenModels models, Limits limits) {
        this.ledger = ledger;
        this.models = models;
        this.limits = limits;
    }

    /// @param claim its name
    /// @param pairs as a pairs file has them: one JSON object a line, or a template
    /// @param seeds how many controls are drawn on each pair
    public record HeldOutAsked(
            @JsonProperty(required = true) String claim,
            @JsonProperty(required = true) String pairs,
            @MayBeLeftOut @Nullable Integer seeds) {}

    @Override
    public Kind<HeldOutAsked, Ledger.Entry> kind() {
        return KIND;
    }

    @Override
    public void check(HeldOutAsked asked) {
        ledger.entry(asked.claim);
        LedgerAnswers.seeds(asked.seeds);
        List<PromptPair> pairs = PairFile.pairs(asked.pairs, "the held-out prompts");
        if (pairs.size() > MOST_PAIRS) {
            throw new BadInputException(
                    "there are " + pairs.size() + " held-out prompts; give at most " + MOST_PAIRS + ".");
        }
        pairs.forEach(pair -> limits.checkText(pair.prompt()));
    }

    @Override
    public Ledger.Entry run(HeldOutAsked asked, Told told) {
        Claim claim = ledger.entry(asked.claim).claim();
        List<PromptPair> pairs = PairFile.pairs(asked.pairs, "the held-out prompts");
        try (OpenModels.Lease lease = ClaimModels.use(models, claim)) {
            Claim.HeldOut found = new ClaimTest(lease.model().model())
                    .heldOut(
                            claim,
                            pairs,
                            LedgerAnswers.seeds(asked.seeds),
                            done -> told.at("held-out prompts", done + " of " + pairs.size()));
            return ledger.change(asked.claim, now -> now.with(found));
        }
    }
}
