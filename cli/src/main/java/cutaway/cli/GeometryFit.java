package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.geometry.FitScores;
import cutaway.interp.geometry.LabelFeatures;
import cutaway.interp.geometry.LabelSplit;
import cutaway.interp.geometry.LabelledPrompts;
import cutaway.interp.geometry.ManifoldFit;
import cutaway.interp.geometry.PeriodSpectrum;
import cutaway.interp.geometry.StoredFit;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway geometry fit`: whether a model holds a number on a curve.
@Command(
        name = "fit",
        description = {
            "Fits a curve to what a model holds at a token of prompts with a number each (Kantamneni & Tegmark 2025):"
                + " a helix, a circle or a polynomial of the number, by least squares on principal components. Fitted"
                + " are some of the numbers; told is the share of variance (R2) of the others, beside rivals.",
            "Below 0, a fit is worse than the mean. The spectrum says what cosine and sine of each period tell, on the"
                    + " numbers that are fitted; --periods N takes the N best of them."
        },
        footer = {
            "",
            "Example:",
            "  cutaway geometry fit docs/examples/numbers.jsonl --sites resid_post[5],resid_post[20] --features"
                    + " fourier:2,5,10,100",
            "  cutaway geometry fit docs/examples/numbers.jsonl --sites resid_post[10] --out helix.safetensors",
            "",
            "FEATURES: fourier:T,T,... (cosine and sine of each period, and n), circle:T,T,... (without n), poly:K.",
            "SITES: as in cutaway sweep. The prompts are JSON lines such as {\"text\": \"The number 37\", \"label\":"
                    + " 37}. A curve that --out keeps moves a run to another number: cutaway run --fit."
        },
        mixinStandardHelpOptions = true)
final class GeometryFit implements Callable<Integer> {

    private static final int SPECTRUM = 8;

    @Parameters(paramLabel = "PROMPTS", description = "JSON lines with a text and a label, a number.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path prompts;

    @Option(
            names = "--features",
            paramLabel = "FEATURES",
            defaultValue = "fourier:2,5,10,100",
            description = "What is made of a number (default: ${DEFAULT-VALUE}).")
    private String features = "fourier:2,5,10,100";

    @Option(
            names = "--periods",
            paramLabel = "N",
            description = "In place of the periods of --features, choose N on the numbers that are fitted.")
    private int periods;

    @Option(
            names = "--sites",
            preprocessor = CommaList.class,
            paramLabel = "SITES",
            description = "Whose vectors are fitted, joined by commas (default: resid_post of every fifth layer).")
    private String sites = "";

    @Option(
            names = "--label",
            paramLabel = "FIELD",
            defaultValue = LabelledPrompts.LABEL,
            description = "The field of a line that holds the number (default: ${DEFAULT-VALUE}).")
    private String label = LabelledPrompts.LABEL;

    @Option(
            names = "--at",
            paramLabel = "POSITION",
            defaultValue = "-1",
            description = "The token of each prompt, from 0, or from -1, the last, backwards (default:"
                    + " ${DEFAULT-VALUE}).")
    private int at = -1;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Keep the fit of one site, FILE.safetensors: for cutaway run --fit.")
    private @Nullable Path out;

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            defaultValue = "0.25",
            description = "Share of the numbers that is not fitted (default: ${DEFAULT-VALUE}).")
    private double heldOut;

    @Option(
            names = "--components",
            paramLabel = "N",
            defaultValue = "100",
            description = "Principal components that are kept (default: ${DEFAULT-VALUE}).")
    private int components;

    @Option(
            names = "--ridge",
            paramLabel = "X",
            defaultValue = "0",
            description = "Ridge on columns of variance 1 (default: ${DEFAULT-VALUE}).")
    private double ridge;

    @Option(
            names = "--shuffles",
            paramLabel = "N",
            defaultValue = "19",
            description = "How often numbers are dealt out anew, at least 1 (default: ${DEFAULT-VALUE}).")
    private int shuffles;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of every random draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// @param share of variance that cosine and sine of the period tell beside n
    private record Line(double period, double share) {}

    /// @param features that were fitted
    /// @param spectrum every period, on the numbers that are fitted
    /// @param chance what a period tells of numbers dealt out at random
    private record AtSite(
            Site site,
            String features,
            @JsonIgnore LabelFeatures used,
            FitScores scores,
            List<Line> spectrum,
            double chance) {}

    /// What `--json` prints.
    ///
    /// @param position of each prompt that was fitted; from -1 backwards it counts from the end
    /// @param out the file that was written; absent without one
    private record Found(
            String version,
            ModelFacts model,
            String prompts,
            int count,
            int position,
            double heldOut,
            ManifoldFit.Settings settings,
            int shuffles,
            long seed,
            List<AtSite> sites,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String out) {}

    @Override
    public Integer call() {
        LabelFeatures given = LabelFeatures.parse(features);
        ManifoldFit.Settings settings = new ManifoldFit.Settings(components, ridge);
        if (shuffles < 1 || periods < 0) {
            throw new BadInputException(
                    shuffles + " shuffles and " + periods + " periods; expected at least 1 shuffle and 1 period.");
        }
        if (out != null) {
            OutFile.checkSafetensors(out);
        }
        LabelledPrompts read = LabelledPrompts.read(prompts, label);
        LabelSplit split = LabelSplit.of(read.labels(), heldOut, seed);
        try (Model opened = weights.open(model.path(), console);
                Scope _ = Scope.open()) {
            List<Site> where = sites.isEmpty()
                    ? everyFifth(opened.sizes().layers())
                    : Harvesting.sites("--sites", List.of(sites.split(",", -1)), opened.sizes());
            if (out != null && where.size() != 1) {
                throw new BadInputException("--out keeps the fit of one site and " + where.size()
                        + " are asked about; name one, such as --sites resid_post[10].");
            }
            List<Tensor> all = read.activations(opened, where, at, done -> console.progress("running prompts", done));
            List<AtSite> found = new ArrayList<>();
            for (int i = 0; i < where.size(); i++) {
                found.add(atSite(where.get(i), all.get(i), read.labels(), given, settings, split));
            }
            if (out != null) {
                keep(out, opened, all.getFirst(), read.labels(), settings, split, found.getFirst());
            }
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    prompts.toString(),
                    read.texts().size(),
                    at,
                    heldOut,
                    settings,
                    shuffles,
                    seed,
                    found,
                    out == null ? null : out.toString()));
        }
        return 0;
    }

    private AtSite atSite(
            Site site,
            Tensor activations,
            double[] labels,
            LabelFeatures given,
            ManifoldFit.Settings settings,
            LabelSplit split) {
        PeriodSpectrum spectrum = Scope.free(() -> PeriodSpectrum.of(
                LabelSplit.rows(activations, split.training()),
                LabelSplit.labels(labels, split.training()),
                PeriodSpectrum.candidates(labels)));
        LabelFeatures used = periods == 0
                ? given
                : new LabelFeatures.Fourier(
                        spectrum.choose(periods),
                        !(given instanceof LabelFeatures.Fourier(List<Double> _, boolean linear)) || linear);
        return new AtSite(
                site,
                used.text(),
                used,
                FitScores.of(activations, labels, used, settings, split, shuffles, seed),
                IntStream.range(0, spectrum.periods().size())
                        .mapToObj(i -> new Line(
                                spectrum.periods().get(i), spectrum.shares().get(i)))
                        .toList(),
                spectrum.chance());
    }

    private void keep(
            Path to,
            Model opened,
            Tensor activations,
            double[] labels,
            ManifoldFit.Settings settings,
            LabelSplit split,
            AtSite found) {
        StoredFit.Facts facts = new StoredFit.Facts(
                model.facts(opened, weights).name(),
                found.site.text(),
                at,
                found.features,
                settings,
                StoredFit.distinct(labels, split.training()),
                StoredFit.distinct(labels, split.heldOut()),
                found.scores,
                seed);
        StoredFit.of(activations, labels, found.used, split, facts).write(to);
    }

    static List<Site> everyFifth(int layers) {
        return IntStream.range(0, layers)
                .filter(layer -> (layers - 1 - layer) % 5 == 0)
                .mapToObj(layer -> (Site) new Site.Resid(layer, Site.Moment.POST))
                .toList();
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        FitScores first = found.sites.getFirst().scores;
        console.line(
                "%s  %,d prompts, %d numbers fitted, %d held out, %s, cutaway %s",
                found.prompts, found.count, first.labels(), first.heldOutLabels(), found.model.name(), found.version);
        for (AtSite at : found.sites) {
            console.line("%n%s", at.site.text());
            List<AlignedTable.Head> heads = List.of(
                    new AlignedTable.Head("features", false),
                    new AlignedTable.Head("columns", true),
                    new AlignedTable.Head("R2 fitted", true),
                    new AlignedTable.Head("R2 held out", true));
            List<List<String>> rows = at.scores.rows().stream()
                    .map(row -> List.of(
                            row.name(), Integer.toString(row.columns()), number(row.training()), number(row.heldOut())))
                    .toList();
            new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
            console.line("spectrum (chance %s):", number(at.chance));
            console.line(
                    "  %s",
                    String.join(
                            ", ",
                            at.spectrum.stream()
                                    .sorted(Comparator.comparingDouble(line -> -line.share))
                                    .limit(SPECTRUM)
                                    .map(line -> String.format(Locale.ROOT, "%.4g: %.3f", line.period, line.share))
                                    .toList()));
        }
        if (found.out != null) {
            console.line("%nwrote %s", found.out);
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
