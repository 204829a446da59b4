package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.judge.LabelledTexts;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.geometry.LabelledPrompts;
import cutaway.interp.probe.FirstLayers;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.NamedProbe.Told;
import cutaway.interp.probe.ProbeSettings;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.probe.ProbeTrial;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway probe fit`: whether labels of texts can be told from what a model holds at their last token.
@Command(
        name = "fit",
        description = {
            "Trains a probe to tell the labels of texts from what a model holds at the last token of each, on three"
                    + " quarters of the groups, and says how many of the others' it has right. Beside it: labels dealt"
                    + " out anew, the commonest label, and a probe of the last token's embedding alone.",
            "With several sites, it says from which on each label is read.",
            "The texts are JSON lines with a text and a label each, and maybe a group: texts of one group are on one"
                    + " side of the split."
        },
        footer = {
            "",
            "Example:",
            "  cutaway probe fit docs/examples/topics.jsonl --class tense --sites resid_post[15] --out"
                    + " tense.safetensors",
            "  cutaway generate \"The children\" --probe tense.safetensors --to future --scale 3",
            "",
            "SITES: as in cutaway sweep."
        },
        mixinStandardHelpOptions = true)
final class ProbeFit implements Callable<Integer> {

    private static final String EMBEDDING = "embedding";

    @Parameters(
            paramLabel = "FILE",
            description = "JSON lines such as {\"text\": \"...\", \"label\": \"...\"}, at least 8 of each label.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(
            names = {"--sites", "--site"},
            preprocessor = CommaList.class,
            paramLabel = "SITES",
            description = "Whose vectors are read, joined by commas (default: resid_post of every fifth layer).")
    private String sites = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            defaultValue = "logistic",
            description = "linear (least squares), logistic or mlp (default: ${DEFAULT-VALUE}).")
    private String kind = "logistic";

    @Option(
            names = "--field",
            paramLabel = "NAME",
            defaultValue = "text",
            description = "Field of the text (default: ${DEFAULT-VALUE}).")
    private String field = "text";

    @Option(
            names = "--class",
            paramLabel = "NAME",
            defaultValue = "label",
            preprocessor = CommaList.class,
            description = "Field of the label, or several of the same classes, joined by commas, such as the squares"
                    + " of a board: one probe reads all of them (default: ${DEFAULT-VALUE}).")
    private String label = "label";

    @Option(
            names = "--relative-to",
            paramLabel = "NAME",
            description =
                    "Field of a role, such as who speaks: a label that is the text's own value there becomes same,"
                            + " one that is another text's becomes other, and the rest stay.")
    private @Nullable String relativeTo;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description =
                    "Field of the group: texts that are alike (default: group, where texts have it; else each text"
                            + " is its own).")
    private @Nullable String group;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            defaultValue = "0.01",
            description = "Ridge of a linear probe, decoupled decay of the others (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Steps of a logistic or mlp probe (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--share",
            paramLabel = "S",
            defaultValue = "0.9",
            description =
                    "A label counts as read from the first site on where what is right beyond the commonest answer"
                            + " reaches this share of the best site's (default: ${DEFAULT-VALUE}).")
    private double share;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the split and every other draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where to keep the probe of one site (.safetensors), with a .json of its facts beside it.")
    private @Nullable Path out;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// @param scores on the groups that are held out
    /// @param told each label, or each field where there are several
    private record AtSite(Site site, ProbeTrial scores, List<Told> told) {}

    /// From where on a label is read, or a field where there are several.
    ///
    /// @param site the first, or `embedding`; absent where it is read nowhere
    /// @param accuracy there
    /// @param best accuracy of all sites
    /// @param commonest accuracy of the commonest answer
    private record ReadFrom(
            String name,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String site,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double accuracy,

            double best,
            double commonest) {}

    /// What `--json` prints.
    ///
    /// @param relativeTo field of the role that labels are relative to; absent where they are as they stand
    /// @param texts of each label
    /// @param groups that the texts are of
    /// @param embedding scores of a probe that is given the embedding of the last token alone
    /// @param share of the best gain from which on a label counts as read
    /// @param readFrom of each label, or field
    private record Found(
            String version,
            ModelFacts model,
            String file,
            String label,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String relativeTo,

            Map<String, Integer> texts,
            int groups,
            ProbeSettings settings,
            List<AtSite> sites,
            ProbeTrial embedding,
            double share,
            List<ReadFrom> readFrom,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String out) {}

    @Override
    public Integer call() {
        Kind given = Choice.of("--kind", kind, Kind.values());
        ProbeSettings usual = ProbeSettings.of(given, seed);
        ProbeSettings settings =
                new ProbeSettings(given, usual.hidden(), steps, usual.batch(), usual.rate(), weightDecay, usual.seed());
        if (!(share > 0 && share <= 1)) {
            throw new BadInputException("--share is " + share + "; give a number above 0, up to 1.");
        }
        LabelledFields texts = LabelledFields.read(
                file,
                List.of(label.split(",", -1)),
                name -> new LabelledTexts.Fields(field, name, group, null, relativeTo));
        if (out != null) {
            OutFile.checkSafetensors(out);
        }
        try (Model opened = weights.open(model.path(), console);
                Scope _ = Scope.open()) {
            List<Site> where = sites.isEmpty()
                    ? GeometryFit.everyFifth(opened.sizes().layers())
                    : Harvesting.sites("--sites", List.of(sites.split(",", -1)), opened.sizes());
            if (out != null && where.size() != 1) {
                throw new BadInputException("--out keeps the probe of one site, and there are " + where.size()
                        + "; name one with --sites.");
            }
            List<Site> all = new ArrayList<>(where);
            all.add(new Site.Embed());
            List<Tensor> activations =
                    prompts(texts).activations(opened, all, done -> console.progress("running prompts", done));
            List<AtSite> found = new ArrayList<>();
            for (int i = 0; i < where.size(); i++) {
                console.progress("fitting", (double) i / where.size());
                found.add(fitted(activations.get(i), texts, settings, where.get(i), out));
            }
            AtSite embedding = fitted(activations.getLast(), texts, settings, new Site.Embed(), null);
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    file.toString(),
                    label,
                    relativeTo,
                    texts.counts(),
                    (int) Arrays.stream(texts.groups()).distinct().count(),
                    settings,
                    found,
                    embedding.scores,
                    share,
                    readFrom(embedding, found),
                    out == null ? null : out.toString()));
        }
        return 0;
    }

    private static LabelledPrompts prompts(LabelledFields texts) {
        return new LabelledPrompts(texts.texts(), new double[texts.texts().size()]);
    }

    private AtSite fitted(
            Tensor activations, LabelledFields texts, ProbeSettings settings, Site site, @Nullable Path keep) {
        List<String> questions = texts.fields().size() == 1 ? List.of() : texts.fields();
        String name = model.path().getFileName().toString();
        try (NamedProbe probe =
                NamedProbe.fit(texts.labelled(activations), settings, name, site, questions, texts.names())) {
            if (keep != null) {
                probe.write(keep);
                WholeFile.write(
                        keep.resolveSibling(keep.getFileName().toString().replaceFirst("safetensors$", "json")),
                        console.pretty(probe.facts()));
            }
            return new AtSite(site, probe.facts().scores(), probe.facts().told());
        } catch (IOException e) {
            throw new BadInputException("cannot write beside " + keep + ": " + e.getMessage(), e);
        }
    }

    private List<ReadFrom> readFrom(AtSite embedding, List<AtSite> sites) {
        List<AtSite> all = new ArrayList<>(List.of(embedding));
        all.addAll(sites);
        List<double[]> accuracies = all.stream()
                .map(at -> at.told.stream().mapToDouble(Told::accuracy).toArray())
                .toList();
        double[] commonest =
                embedding.told.stream().mapToDouble(Told::commonest).toArray();
        FirstLayers first = FirstLayers.of(accuracies, commonest, share, FirstLayers.LEAST);
        List<ReadFrom> from = new ArrayList<>();
        for (int i = 0; i < commonest.length; i++) {
            int thing = i;
            int at = first.first().get(i);
            boolean isRead = at != FirstLayers.NOWHERE;
            from.add(new ReadFrom(
                    embedding.told.get(i).name(),
                    isRead ? at == 0 ? EMBEDDING : all.get(at).site.text() : null,
                    isRead ? accuracies.get(at)[i] : null,
                    accuracies.stream().mapToDouble(layer -> layer[thing]).max().orElseThrow(),
                    commonest[i]));
        }
        return from;
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        console.line("%s  %s, cutaway %s", found.file, found.model.name(), found.version);
        console.line(
                "%s%s: %s; %d groups, a quarter held out; %s probe",
                fields(found.label),
                found.relativeTo == null ? "" : " relative to " + found.relativeTo,
                found.texts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")),
                found.groups,
                kind);
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("site", false),
                new AlignedTable.Head("held out", true),
                new AlignedTable.Head("shuffled", true),
                new AlignedTable.Head("commonest", true),
                new AlignedTable.Head("trained on", true));
        List<List<String>> rows = new ArrayList<>();
        found.sites.forEach(at -> rows.add(row(at.site.text(), at.scores)));
        rows.add(row("the last token's embedding", found.embedding));
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        if (found.sites.size() > 1) {
            printReadFrom(found);
        }
        if (found.out != null) {
            boolean isOne = !found.label.contains(",");
            console.line(
                    "%nwrote %s; steer by it: cutaway generate \"...\" --probe %s%s --to %s%s",
                    found.out,
                    found.out,
                    isOne ? "" : " --of " + found.readFrom.getFirst().name,
                    Console.quoted(found.texts.keySet().iterator().next()),
                    found.settings.kind() == Kind.MLP ? " --through" : "");
        }
    }

    /// A few names, or how many there are.
    private static String fields(String label) {
        String[] names = label.split(",", -1);
        return names.length <= 4
                ? label
                : names[0] + "," + names[1] + ",...," + names[names.length - 1] + " (" + names.length + " fields)";
    }

    /// From which site on each label is read.
    private void printReadFrom(Found found) {
        console.line(
                "%nread from the first site on that has %s of the best one's gain over the commonest answer",
                LabWords.plain(found.share));
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("label", false),
                new AlignedTable.Head("read from", false),
                new AlignedTable.Head("right there", true),
                new AlignedTable.Head("best", true),
                new AlignedTable.Head("commonest", true));
        List<List<String>> rows = found.readFrom.stream()
                .map(from -> List.of(
                        from.name,
                        from.site == null ? "nowhere" : from.site,
                        from.accuracy == null ? "-" : String.format(Locale.ROOT, "%.3f", from.accuracy),
                        String.format(Locale.ROOT, "%.3f", from.best),
                        String.format(Locale.ROOT, "%.3f", from.commonest)))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put(EMBEDDING, 0);
        found.sites.forEach(at -> counts.put(at.site.text(), 0));
        found.readFrom.forEach(from -> counts.merge(from.site == null ? "nowhere" : from.site, 1, Integer::sum));
        console.line(
                "labels first read: %s",
                counts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")));
    }

    private static List<String> row(String name, ProbeTrial scores) {
        return List.of(
                name,
                number(scores.accuracy()),
                number(scores.shuffled()),
                number(scores.majority()),
                number(scores.training()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
