package cutaway.cli;

import cutaway.interp.edit.Edit;
import cutaway.interp.geometry.StoredFit;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--fit`: what a run holds at a token is moved along a curve to another label.
final class FitOption {

    @Option(
            names = "--fit",
            paramLabel = "FILE",
            description = "Move what the run holds at a token along a curve that cutaway geometry fit --out wrote; with"
                    + " --label. A curve of shuffled labels is the control.")
    private @Nullable Path file;

    @Option(
            names = "--label",
            paramLabel = "X",
            description =
                    "With --fit: the label to move to, such as 38; at most as far beyond the curve's labels as they"
                            + " span.")
    private @Nullable Double label;

    @Option(
            names = "--label-at",
            paramLabel = "POSITION",
            description = "With --fit: the token, from 0, or from -1 backwards (default: where the curve was fitted).")
    private @Nullable Integer at;

    /// A move along a curve.
    ///
    /// @param fit the file
    /// @param site whose value is moved, by its TransformerLens name
    /// @param features of the curve
    /// @param label that it is moved to
    /// @param isFitted whether the label is one of those that the curve was fitted to
    /// @param heldOut the curve's R2 on labels that were not fitted
    /// @param position of the token
    /// @param length of the change, Euclidean
    /// @param controlLength of the control's
    record Move(
            String fit,
            String site,
            String features,
            double label,
            boolean isFitted,
            double heldOut,
            int position,
            double length,
            double controlLength) {

        String text() {
            return String.format(
                    Locale.ROOT,
                    "%s at position %d moved to %s along %s, a label that was %s (R2 held out %.3f); by %.4g, the"
                            + " control by %.4g",
                    site,
                    position,
                    LabWords.plain(label),
                    features,
                    isFitted ? "fitted" : "not fitted",
                    heldOut,
                    length,
                    controlLength);
        }
    }

    /// @param edit along the curve
    /// @param control along that of shuffled labels
    record Moved(Move move, Edit edit, Edit control) {}

    /// Nothing where nothing is asked.
    ///
    /// @param before edits that the value is read under
    /// @throws BadInputException when the file is no fit, or is of another model's site
    Optional<Moved> moved(Model model, int[] ids, List<Edit> before) {
        if (file == null) {
            if (label != null || at != null) {
                throw new BadInputException(
                        "--label and --label-at move along a curve; add --fit FILE, from cutaway geometry fit --out.");
            }
            return Optional.empty();
        }
        if (label == null || !Double.isFinite(label)) {
            throw new BadInputException("--fit moves to a label; add --label with a number, such as --label 38.");
        }
        StoredFit fit = StoredFit.read(file);
        SiteNames.check(fit.site(), model.sizes());
        int position = Positions.of(at == null ? fit.facts().position() : at).in(ids.length)[0];
        try (Trace trace = Runs.run(model, Batch.of(ids), before, List.of(fit.site()));
                Scope _ = Scope.open()) {
            Tensor x = trace.at(fit.site()).select(0, 0).select(0, position).reshape(-1);
            Edit.Replace edit = fit.to(label, x, position);
            Edit.Replace control = fit.control(label, x, position);
            return Optional.of(new Moved(
                    new Move(
                            file.toString(),
                            fit.facts().site(),
                            fit.facts().features(),
                            label,
                            fit.facts().labels().contains(label),
                            fit.facts().scores().fit().heldOut(),
                            position,
                            length(edit, x),
                            length(control, x)),
                    edit,
                    control));
        }
    }

    private static double length(Edit.Replace edit, Tensor x) {
        return Scope.free(
                () -> edit.values().tensor(x.dtype()).reshape(-1).minus(x).norm());
    }
}
