package cutaway.server.lens;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Prompts;
import cutaway.interp.geometry.DrawnCurve;
import cutaway.interp.geometry.StoredFit;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.model.OpenModel;
import cutaway.server.model.Reading;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Stored curves at a token, and what comes next where the token is moved along one. Fits are the files in `fits/`
/// of the workbench's folder, which is made where it is missing, looked up at each question: one that is written is
/// there at once.
public final class FitAnswers {

    private final KeptFiles kept;
    private final Reading reading;

    /// @param home the workbench's folder
    public FitAnswers(Path home, Reading reading) {
        this.kept = new KeptFiles(home.resolve("fits"));
        this.reading = reading;
    }

    /// @param model its name; empty for the usual one
    /// @param position of the token
    public record FitsAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String prompt,
            @JsonProperty(required = true) int position) {}

    /// A curve at a token.
    ///
    /// @param fit its name, that of its file
    /// @param site whose value it is of
    /// @param heldOut share of variance told at labels that were not fitted
    /// @param curve as it is drawn, with the token's own place
    public record CurveAtToken(String fit, String site, String features, double heldOut, DrawnCurve curve) {}

    /// @param folder where fits are looked for
    /// @param fits of this model's sizes, by the name of their file
    /// @param leftOut why others were not read
    public record FitsRead(
            ModelFacts model, String folder, String token, List<CurveAtToken> fits, List<String> leftOut) {}

    /// @param model its name; empty for the usual one
    /// @param position of the token
    /// @param fit one of those that were read
    /// @param label to move to, at most as far beyond the curve's labels as they span
    public record FitMoveAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String prompt,
            @JsonProperty(required = true) int position,
            @JsonProperty(required = true) String fit,
            @JsonProperty(required = true) double label) {}

    /// What comes next where a token is moved along a curve.
    ///
    /// @param isFitted whether the label is one of those that the curve was fitted to
    /// @param length of the change, Euclidean
    /// @param controlLength of the control's, along the curve of shuffled labels
    /// @param before the likeliest next tokens of the run as it is
    /// @param after of the run that was moved
    /// @param control of the one that was moved along the curve of shuffled labels
    public record FitMoved(
            ModelFacts model,
            String fit,
            double label,
            boolean isFitted,
            double length,
            double controlLength,
            List<Candidate> before,
            List<Candidate> after,
            List<Candidate> control) {}

    public List<Route<?, ?>> routes() {
        return List.of(
                Route.post(
                        "/api/fits",
                        "Each stored curve, and where a token of a prompt stands to it.",
                        FitsAsked.class,
                        FitsRead.class,
                        (asked, at) -> read(asked)),
                Route.post(
                        "/api/fits/move",
                        "What comes next where a token is moved along a stored curve, and along that of shuffled"
                                + " labels.",
                        FitMoveAsked.class,
                        FitMoved.class,
                        (asked, at) -> move(asked)));
    }

    private FitsRead read(FitsAsked asked) {
        return reading.text(asked.model, asked.prompt, open -> {
            Model model = open.model();
            int[] ids = KeptFiles.ids(model, asked.prompt, asked.position);
            List<CurveAtToken> fits = new ArrayList<>();
            List<String> leftOut = new ArrayList<>();
            for (Path file : kept.all()) {
                try {
                    StoredFit fit = StoredFit.read(file);
                    fits.add(new CurveAtToken(
                            KeptFiles.name(file),
                            fit.facts().site(),
                            fit.facts().features(),
                            fit.facts().scores().fit().heldOut(),
                            at(model, ids, asked.position, fit, x -> DrawnCurve.of(fit, x))));
                } catch (BadInputException e) {
                    leftOut.add(String.valueOf(e.getMessage()));
                }
            }
            return new FitsRead(
                    open.facts(),
                    kept.folder().toString(),
                    Prompts.tokens(model, ids).get(asked.position).text(),
                    fits,
                    leftOut);
        });
    }

    private FitMoved move(FitMoveAsked asked) {
        if (!Double.isFinite(asked.label)) {
            throw new Refusal(400, "label is " + asked.label + "; give a number.");
        }
        Path file = kept.find(asked.fit)
                .orElseThrow(() ->
                        new Refusal(404, "no fit \"" + asked.fit + "\" is kept; ask POST /api/fits which there are."));
        return reading.text(asked.model, asked.prompt, open -> moved(open, asked, StoredFit.read(file)));
    }

    private static FitMoved moved(OpenModel open, FitMoveAsked asked, StoredFit fit) {
        Model model = open.model();
        int[] ids = KeptFiles.ids(model, asked.prompt, asked.position);
        return at(model, ids, asked.position, fit, x -> {
            Edit.Replace edit = fit.to(asked.label, x, asked.position);
            Edit.Replace control = fit.control(asked.label, x, asked.position);
            return new FitMoved(
                    open.facts(),
                    asked.fit,
                    asked.label,
                    fit.facts().labels().contains(asked.label),
                    length(edit, x),
                    length(control, x),
                    Prompts.next(model, Source.of(ids, List.of())),
                    Prompts.next(model, Source.of(ids, List.of(edit))),
                    Prompts.next(model, Source.of(ids, List.of(control))));
        });
    }

    /// What is made of the run's activation at the site of a fit, `[d]`.
    private static <T> T at(Model model, int[] ids, int position, StoredFit fit, Function<Tensor, T> use) {
        SiteNames.check(fit.site(), model.sizes());
        try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), List.of(fit.site()));
                Scope _ = Scope.open()) {
            return use.apply(
                    trace.at(fit.site()).select(0, 0).select(0, position).reshape(-1));
        }
    }

    private static double length(Edit.Replace edit, Tensor x) {
        return Scope.free(
                () -> edit.values().tensor(x.dtype()).reshape(-1).minus(x).norm());
    }
}
