package cutaway.cli;

import cutaway.features.use.FeatureBasis;
import cutaway.interp.basis.ErrorName;
import cutaway.interp.basis.ErrorPart;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.basis.Errors;
import cutaway.interp.basis.Latent;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
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
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `--dictionary` with `--steer`, features that are turned up or down at every position or errors that are multiplied
/// there, and with `--without-error`;
/// `--probe`, which steers along what tells two classes apart or edits through it.
final class SteerOption {

    private static final Pattern TEXT =
            Pattern.compile("feature\\[(?:(.+):)?(\\d{1,9})]=([+*-])(\\d{1,12}(?:\\.\\d{1,12})?)");

    private static final Pattern OF_ERROR = Pattern.compile("(.+)=\\*(\\d{1,12}(?:\\.\\d{1,12})?)");

    @Option(
            names = "--steer",
            paramLabel = "CHANGE",
            description = "With --dictionary: feature[7]=+8 adds 8 to the code of feature 7 at every position, in the"
                    + " unit of codes; feature[7]=-8 takes it away; feature[7]=*0 multiplies it (of a prompt alone, not"
                    + " of what is written on); feature[NAME:7] of one of several dictionaries. sae.error=*0,"
                    + " sae.error.linear=*0 and sae.error.nonlinear=*2 multiply what the features do not say, or a"
                    + " part of it. May be repeated.")
    private List<String> changes = new ArrayList<>();

    @Mixin
    private final SplicedOption dictionaries = new SplicedOption();

    @Mixin
    private final ProbeSteerOption probe = new ProbeSteerOption();

    /// A change of one feature.
    ///
    /// @param sign `+`, `-` or `*`
    private record Change(Latent latent, FeatureBasis basis, String sign, double by, String text) {}

    /// An error that is multiplied.
    private record ErrorChange(ErrorTerm error, double by) {}

    /// A site's error in a run, as it is written into a file.
    ///
    /// @param name `sae.error.linear[resid-15]`; of several sites with the site's name after it
    /// @param values `[pos, d of the site]`
    record ReadError(String name, Values values) {}

    /// The edits that steer a run and what is written after it.
    ///
    /// @param run the prompt, and the edits that come first
    /// @throws BadInputException when a change is none of a dictionary that was given, or when it, or leaving out
    ///     the error term, needs the codes of tokens that are not there yet
    List<Edit> everywhere(Model model, Source run) {
        changes.stream().filter(ErrorName::isOne).findFirst().ifPresent(text -> {
            throw new BadInputException("--steer " + text + " multiplies what features do not say of a token, and the"
                    + " tokens that are still to be written are not known yet; use cutaway run.");
        });
        if (dictionaries.withoutError()) {
            throw new BadInputException("--without-error puts what features say in place, and the tokens that are still"
                    + " to be written have none yet; leave it out, or use cutaway run.");
        }
        try (DictionaryOption.Opened opened = open(List.of())) {
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
    /// @param read names of the errors that are read of it
    List<Edit> of(Model model, Source given, List<String> read) {
        Source run = Source.of(given.ids(model), List.of());
        try (DictionaryOption.Opened opened = open(read)) {
            Bases bases = new Bases(List.copyOf(opened.bases()), dictionaries.withoutError());
            List<Change> changes = changes(opened, model);
            List<ErrorChange> errors = errorChanges(opened);
            if (bases.spliced() && !errors.isEmpty()) {
                throw new BadInputException("--without-error leaves nothing of the error to multiply; leave out one of"
                        + " it and --steer " + ErrorPart.WHOLE.text() + ".");
            }
            read.forEach(name -> ErrorName.parse(name).of(opened.bases()));
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
            for (ErrorChange change : errors) {
                edits.addAll(change.error.scale(change.error.basis().errors(model, run), change.by));
            }
            return edits;
        }
    }

    /// Errors of a run, or parts of them.
    ///
    /// @param run with all of its edits
    /// @param names as [ErrorName] reads them
    List<ReadError> errors(Model model, Source run, List<String> names) {
        if (names.isEmpty()) {
            return List.of();
        }
        try (DictionaryOption.Opened opened = dictionaries.open()) {
            return names.stream()
                    .flatMap(name -> ErrorName.parse(name).of(opened.bases()).stream())
                    .distinct()
                    .flatMap(error -> errors(error, error.basis().errors(model, run)))
                    .toList();
        }
    }

    private static Stream<ReadError> errors(ErrorTerm error, Errors of) {
        String name = error.name();
        return of.sites().stream().map(site -> {
            double[] all = of.all(error.part(), site);
            return new ReadError(
                    of.sites().size() == 1 ? name : name + "." + site.text(),
                    new Values(List.of((long) of.length(), (long) all.length / of.length()), all));
        });
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
    private DictionaryOption.Opened open(List<String> read) {
        dictionaries.check();
        boolean asked = !changes.isEmpty() || dictionaries.withoutError() || !read.isEmpty();
        if (asked != dictionaries.isGiven()) {
            throw new BadInputException(
                    dictionaries.isGiven()
                            ? "--dictionary is here for --steer; say what to change: --steer feature[7]=+8."
                            : (read.isEmpty()
                                            ? "--steer changes a feature of a dictionary"
                                            : read.getFirst() + " is of a dictionary")
                                    + "; add --dictionary DIR.");
        }
        return dictionaries.open();
    }

    private List<Change> changes(DictionaryOption.Opened opened, Model model) {
        opened.bases().forEach(basis -> basis.check(model.sizes()));
        return changes.stream()
                .filter(text -> !ErrorName.isOne(text))
                .map(text -> change(text, opened.bases()))
                .toList();
    }

    private List<ErrorChange> errorChanges(DictionaryOption.Opened opened) {
        return changes.stream()
                .filter(ErrorName::isOne)
                .flatMap(text -> {
                    Matcher named = OF_ERROR.matcher(text);
                    if (!named.matches()) {
                        throw new BadInputException("--steer is " + text
                                + "; an error is multiplied: give sae.error=*0, sae.error.linear=*0.5 or"
                                + " sae.error.nonlinear["
                                + opened.bases().getFirst().name() + "]=*2.");
                    }
                    return ErrorName.parse(named.group(1)).of(opened.bases()).stream()
                            .map(error -> new ErrorChange(error, Double.parseDouble(named.group(2))));
                })
                .toList();
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
