package cutaway.cli;

import cutaway.features.use.FeatureBasis;
import cutaway.interp.basis.Latent;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.effects.Bases;
import cutaway.interp.probe.ThroughProbes.Moved;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `--dictionary` with `--steer`, features that are turned up or down at every position, and with `--without-error`;
/// `--probe`, which steers along what tells two classes apart or edits through it.
final class SteerOption {

    private static final Pattern TEXT =
            Pattern.compile("feature\\[(?:(.+):)?(\\d{1,9})]=([+*-])(\\d{1,12}(?:\\.\\d{1,12})?)");

    @Option(
            names = "--steer",
            paramLabel = "CHANGE",
            description = "With --dictionary: feature[7]=+8 adds 8 to the code of feature 7 at every position, in the"
                    + " unit of codes; feature[7]=-8 takes it away; feature[7]=*0 multiplies it (of a prompt alone, not"
                    + " of what is written on); feature[NAME:7] of one of several dictionaries. May be repeated.")
    private List<String> changes = new ArrayList<>();

    @Mixin
    private final DictionaryOption dictionaries = new DictionaryOption();

    @Mixin
    private final ProbeSteerOption probe = new ProbeSteerOption();

    /// A change of one feature.
    ///
    /// @param sign `+`, `-` or `*`
    private record Change(Latent latent, FeatureBasis basis, String sign, double by, String text) {}

    /// The edits that steer a run and what is written after it.
    ///
    /// @param run the prompt, and the edits that come first
    /// @throws BadInputException when a change is none of a dictionary that was given, or when it, or leaving out
    ///     the error term, needs the codes of tokens that are not there yet
    List<Edit> everywhere(Model model, Source run) {
        if (dictionaries.withoutError()) {
            throw new BadInputException("--without-error puts what features say in place, and the tokens that are still"
                    + " to be written have none yet; leave it out, or use cutaway run.");
        }
        try (DictionaryOption.Opened opened = open()) {
            List<Edit> edits = new ArrayList<>(probe.edits(model, run));
            for (Change change : changes(opened, model)) {
                if (change.sign.equals("*") || !change.basis.isAlikeOnAllTokens()) {
                    throw new BadInputException(
                            change.sign.equals("*")
                                    ? "--steer " + change.text
                                            + " multiplies a code, and the tokens that are still to be"
                                            + " written have none yet; give +8 or -8, say, or use cutaway run."
                                    : "--steer " + change.text + " adds to a dictionary that scales each token, and"
                                            + " the tokens that are still to be written have no"
                                            + " scale yet; use cutaway run.");
                }
                edits.addAll(change.latent.steer(change.sign.equals("+") ? change.by : -change.by));
            }
            return edits;
        }
    }

    /// The edits that steer the run of a prompt; without the error term what all features say comes first.
    ///
    /// @param given the prompt, and the edits that come first
    List<Edit> of(Model model, Source given) {
        Source run = Source.of(given.ids(model), List.of());
        try (DictionaryOption.Opened opened = open()) {
            Bases bases = new Bases(List.copyOf(opened.bases()), dictionaries.withoutError());
            List<Change> changes = changes(opened, model);
            List<Edit> edits = new ArrayList<>(probe.edits(model, given));
            if (bases.spliced()) {
                edits.addAll(bases.all().getFirst().splice(model, run));
            }
            for (Change change : changes) {
                edits.addAll(change.latent.steer(change.basis.codes(model, run), code -> switch (change.sign) {
                    case "+" -> code + change.by;
                    case "-" -> code - change.by;
                    default -> code * change.by;
                }));
            }
            return edits;
        }
    }

    /// What was changed through probes.
    List<Moved> moved() {
        return probe.moved();
    }

    /// The dictionary whose error term is left out.
    Optional<String> withoutErrorOf() {
        return dictionaries.withoutErrorOf();
    }

    /// Nothing where nothing is asked.
    private DictionaryOption.Opened open() {
        dictionaries.check();
        boolean asked = !changes.isEmpty() || dictionaries.withoutError();
        if (asked != dictionaries.isGiven()) {
            throw new BadInputException(
                    dictionaries.isGiven()
                            ? "--dictionary is here for --steer; say what to change: --steer feature[7]=+8."
                            : "--steer changes a feature of a dictionary; add --dictionary DIR.");
        }
        return dictionaries.open();
    }

    private List<Change> changes(DictionaryOption.Opened opened, Model model) {
        opened.bases().forEach(basis -> basis.check(model.sizes()));
        return changes.stream().map(text -> change(text, opened.bases())).toList();
    }

    private static Change change(String text, List<FeatureBasis> bases) {
        Matcher named = TEXT.matcher(text);
        if (!named.matches()) {
            throw new BadInputException("--steer is " + text + "; give feature[7]=+8, feature[7]=-8 or feature[7]=*0.");
        }
        List<FeatureBasis> meant = bases.stream()
                .filter(basis -> named.group(1) == null || basis.name().equals(named.group(1)))
                .toList();
        if (meant.size() != 1) {
            throw new BadInputException("--steer " + text
                    + " is of %s dictionary; name one: %s."
                            .formatted(
                                    meant.isEmpty() ? "no" : "no one",
                                    bases.stream()
                                            .map(basis -> "feature[" + basis.name() + ":" + named.group(2) + "]")
                                            .collect(Collectors.joining(", "))));
        }
        FeatureBasis basis = meant.getFirst();
        return new Change(
                new Latent(basis, Integer.parseInt(named.group(2))),
                basis,
                named.group(3),
                Double.parseDouble(named.group(4)),
                text);
    }
}
