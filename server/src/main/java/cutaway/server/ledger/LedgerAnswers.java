package cutaway.server.ledger;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.evidence.Claim;
import cutaway.interp.evidence.ClaimTest;
import cutaway.interp.intervention.Intervention;
import cutaway.server.api.Awaited;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.model.OpenModels;
import cutaway.server.model.Reading;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The routes of the ledger.
public final class LedgerAnswers {

    private static final int MOST_SEEDS = 64;

    private final Ledger ledger;
    private final Reading reading;

    public LedgerAnswers(Ledger ledger, Reading reading) {
        this.ledger = ledger;
        this.reading = reading;
    }

    /// @param says the claim, in words
    /// @param scope where it is meant to hold; may be said later
    /// @param model its name; empty for the usual one
    /// @param prompt the run that it was found on
    /// @param contrast the run that this is set against
    /// @param inContrast whether the contrast is edited, and not the prompt
    /// @param controls how many are measured with the effect, as `/api/effect` does; 0 where nobody says: then the
    /// control may be measured later
    /// @param seed of the controls
    public record ClaimAsked(
            @JsonProperty(required = true) String says,
            @MayBeLeftOut @Nullable String scope,
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) Source prompt,
            @MayBeLeftOut @Nullable Source contrast,
            boolean inContrast,
            @JsonProperty(required = true) List<Edit> edits,
            @JsonProperty(required = true) Metric metric,
            @MayBeLeftOut @Nullable Integer controls,
            @MayBeLeftOut long seed) {}

    /// @param seeds how many controls are drawn, each with its own seed
    public record ControlAsked(@MayBeLeftOut @Nullable Integer seeds) {}

    public record ScopeAsked(@JsonProperty(required = true) String scope) {}

    /// @param claims the newest first
    public record Claims(List<Ledger.Entry> claims) {}

    /// @param report of all claims, Markdown
    /// @param script that measures them again, for a shell
    /// @param claims what the script reads, one JSON object a line
    public record LedgerExport(String report, String script, String claims) {}

    public List<Route<?, ?>> routes() {
        return List.of(
                Route.get("/api/claims", "All claims, the newest first.", Claims.class, at -> new Claims(ledger.all())),
                Route.post(
                        "/api/claims",
                        "Records a claim; its effect is measured here, and its controls where some are asked for.",
                        ClaimAsked.class,
                        Ledger.Entry.class,
                        (asked, at) -> Awaited.anyway(() -> record(asked))),
                Route.get("/api/claims/{id}", "One claim.", Ledger.Entry.class, at -> ledger.entry(at.part("id"))),
                Route.delete(
                        "/api/claims/{id}",
                        "Takes a claim away.",
                        Ledger.Entry.class,
                        at -> ledger.remove(at.part("id"))),
                Route.post(
                        "/api/claims/{id}/control",
                        "Measures random changes as large in the place of a claim's edits.",
                        ControlAsked.class,
                        Ledger.Entry.class,
                        (asked, at) -> Awaited.anyway(() -> control(at.part("id"), asked))),
                Route.post(
                        "/api/claims/{id}/scope",
                        "Says where a claim is meant to hold.",
                        ScopeAsked.class,
                        Ledger.Entry.class,
                        (asked, at) -> ledger.change(at.part("id"), claim -> claim.within(asked.scope))),
                Route.post(
                        "/api/claims/{id}/support",
                        "Calls a claim supported; refused, with the part that is missing, unless it is.",
                        Route.Nothing.class,
                        Ledger.Entry.class,
                        (nothing, at) -> ledger.support(at.part("id"))),
                Route.get(
                        "/api/ledger",
                        "The ledger as a report, and a script that measures every claim again.",
                        LedgerExport.class,
                        at -> LedgerReport.of(ledger.all())));
    }

    private Ledger.Entry record(ClaimAsked asked) {
        if (asked.edits.isEmpty() || asked.edits.stream().anyMatch(Objects::isNull)) {
            throw new Refusal(
                    400, "edits is empty or has a gap; a claim stands on an intervention: give one edit or more.");
        }
        int controls = asked.controls == null || asked.controls == 0 ? 0 : seeds("controls", asked.controls);
        return reading.edited(asked.model, asked.prompt, asked.edits, model -> {
            if (asked.contrast != null) {
                reading.limits().checkRuns(model.model(), asked.contrast);
            }
            ClaimTest test = new ClaimTest(model.model());
            Claim claim = test.claim(
                    asked.says,
                    asked.scope == null ? "" : asked.scope,
                    model.facts(),
                    asked.prompt,
                    asked.contrast,
                    asked.inContrast,
                    asked.edits,
                    asked.metric);
            return ledger.add(
                    controls == 0 ? claim : claim.with(test.control(claim, controls, asked.seed)),
                    InWords.of(claim, model.model()));
        });
    }

    private Ledger.Entry control(String id, ControlAsked asked) {
        int seeds = seeds(asked.seeds);
        Claim claim = ledger.entry(id).claim();
        try (OpenModels.Lease lease = ClaimModels.use(reading.models(), claim)) {
            Claim.Placebos control =
                    reading.desk().ask(() -> new ClaimTest(lease.model().model()).control(claim, seeds, 0));
            return ledger.change(id, now -> now.with(control));
        }
    }

    /// How many controls are drawn.
    ///
    /// @param asked null where nobody says
    /// @throws Refusal when they are none, or too many
    static int seeds(@Nullable Integer asked) {
        return seeds("seeds", asked == null ? Intervention.USUAL_CONTROLS : asked);
    }

    private static int seeds(String name, int asked) {
        if (asked < 1 || asked > MOST_SEEDS) {
            throw new Refusal(400, name + " is " + asked + "; give 1 to " + MOST_SEEDS + ".");
        }
        return asked;
    }
}
