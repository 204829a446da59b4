package cutaway.cli;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Json;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The second model of `cutaway whatif`: the first one with edits or steered along a probe, or another one.
final class AgainstOption {

    @Option(
            names = "--edit",
            paramLabel = "EDITS",
            description = "With --template: a JSON file with a list of edits; the second model is the first with them"
                    + " in every run.")
    private @Nullable Path edit;

    @Option(
            names = "--steer",
            paramLabel = "FILE",
            description = "With --template and --to: the second model is the first, steered at every position along a"
                    + " linear or logistic probe that cutaway probe fit --out wrote.")
    private @Nullable Path steer;

    @Option(names = "--to", paramLabel = "CLASS", description = "With --steer: the class to steer to.")
    private @Nullable String to;

    @Option(
            names = "--scale",
            paramLabel = "X",
            description = "With --steer: how far; 1 is the distance of the classes' means along the direction, below 0"
                    + " the other way (default: 1).")
    private @Nullable Double scale;

    @Option(
            names = "--against-learn",
            paramLabel = "COLUMN",
            description = "The second model is a small net that learns this column.")
    @Nullable
    String learn;

    @Option(
            names = "--against-model",
            paramLabel = "MODEL",
            description = "The second model is this one, named as for --model (default: that of --model).")
    @Nullable
    String model;

    @Option(
            names = "--against-template",
            paramLabel = "TEXT",
            description = "The prompt that the second model runs on (default: that of --template).")
    @Nullable
    String template;

    @Option(
            names = "--against-probe",
            paramLabel = "FILE",
            description = "With --against-class: the second score is what this probe reads (default: the options).")
    @Nullable
    Path probe;

    @Option(
            names = "--against-class",
            paramLabel = "NAME",
            description = "With --against-probe: the class whose probability it is.")
    @Nullable
    String positive;

    /// Whether the second model is the first with edits.
    boolean isEdited() {
        return edit != null || steer != null;
    }

    /// Whether there is another one.
    boolean isOther() {
        return learn != null || isPrompted();
    }

    private boolean isPrompted() {
        return Stream.of(model, template, probe, positive).anyMatch(Objects::nonNull);
    }

    /// @param first what the first model runs on; null for a net
    void check(@Nullable String first) {
        if (isEdited() && isOther()) {
            throw new BadInputException(
                    "--edit and --steer change the first model, and --against-... is another; two are compared at once."
                            + " Give one of them.");
        }
        if (isEdited() && first == null) {
            throw new BadInputException("--edit and --steer go with --template: a net that learns has no such runs.");
        }
        if ((steer == null) != (to == null) || (scale != null && steer == null)) {
            throw new BadInputException("--steer FILE and --to CLASS go together, and --scale with them.");
        }
        if (learn != null && isPrompted()) {
            throw new BadInputException(
                    "--against-learn is a net, and --against-model, -template, -probe and -class are of a language"
                            + " model; give one of the two.");
        }
        if ((probe == null) != (positive == null)) {
            throw new BadInputException("--against-probe FILE and --against-class NAME go together.");
        }
        if (isPrompted() && template == null && first == null) {
            throw new BadInputException("the second model needs a prompt of each row; give --against-template TEXT.");
        }
    }

    /// What changes the first model.
    List<Edit> edits(Model first) {
        List<Edit> edits = new ArrayList<>(edit == null ? List.of() : Json.editsIn(edit));
        if (steer != null && to != null) {
            try (NamedProbe along = NamedProbe.read(steer)) {
                SiteNames.check(along.site(), first.sizes());
                edits.add(along.steer(to, null, scale == null ? 1 : scale));
            }
        }
        return edits;
    }
}
