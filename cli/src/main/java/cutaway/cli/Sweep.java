package cutaway.cli;

import cutaway.cli.report.HtmlReport;
import cutaway.cli.report.Ink;
import cutaway.cli.report.SweepFindings;
import cutaway.cli.report.SweepRecord;
import cutaway.cli.report.SweepRecords;
import cutaway.cli.report.SweepReport;
import cutaway.interp.effects.Bases;
import cutaway.interp.effects.EffectFile;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Effects;
import cutaway.interp.effects.MetricChoice;
import cutaway.interp.effects.Plan;
import cutaway.interp.effects.SiteChoice;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.pool.Method.Halving;
import cutaway.interp.pool.Method.TwoStageDorfman;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PairFile;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PromptPair;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.ProcessMemory;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway sweep`: one question, asked of many sites on many pairs of prompts.
@Command(
        name = "sweep",
        description = "Measures what sites do, on many pairs of prompts: a row an effect.",
        footer = {
            "",
            "Example:",
            "  cutaway sweep pairs.jsonl --sites resid_pre,head_z --method patch --out effects.parquet",
            "",
            "A line of PAIRS is {\"prompt\": …, \"contrast\": …, \"answer\": \" Paris\", \"against\": \" Rome\"};"
                    + " prompts of a pair have as many tokens. A file with one {\"template\": …, \"fills\": […]} makes"
                    + " many pairs.",
            "SITES: resid_pre, resid_mid, resid_post, attn_out, mlp_out, embed, head_q, head_k, head_v, head_z,"
                + " head_result, head_scores, head_pattern, neuron_pre, neuron_post, …, each also as head_z[20..29.*]"
                + " for some layers and heads, or a TransformerLens name with *.",
            "With --dictionary: feature (all that are active on either prompt), feature[7], feature[0..99],"
                    + " feature[NAME:7]; sae.error, what they do not say, and with a map of it sae.error.linear and"
                    + " sae.error.nonlinear, each also as sae.error[NAME].",
            "POSITIONS: all (together), each, last, 3, -2, 3..5, a role's name, joined by +; also after a site, as in"
                    + " head_z@each."
        },
        mixinStandardHelpOptions = true)
final class Sweep implements Callable<Integer> {

    @Parameters(paramLabel = "PAIRS", description = "A file of pairs: JSON lines, or a template.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path pairs;

    @Option(
            names = "--sites",
            preprocessor = CommaList.class,
            paramLabel = "SITES",
            description = "What is asked about, joined by commas (default: the usual sites of the method).")
    private @Nullable String sites;

    @Option(
            names = "--positions",
            paramLabel = "POSITIONS",
            description =
                    "Where, for sites that do not say it themselves (default: each of resid, attn_out, mlp_out and"
                            + " embed; all together of heads and neurons).")
    private @Nullable String positions;

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            defaultValue = "margin",
            description =
                    "What is read: margin (logit of the answer less that of the token against it), logit, logprob,"
                            + " prob, kl (from the unedited run) or loss (of the prompt's own tokens) (default:"
                            + " ${DEFAULT-VALUE}).")
    private String metric = "margin";

    @Option(
            names = "--pooled",
            paramLabel = "LEAST",
            description =
                    "Find only the effects larger than this, in the metric's unit, by editing many sites at a time:"
                            + " far fewer runs where effects are few. For patch, path, knockout, and ablate by zero or"
                            + " mean.")
    private @Nullable Double pooled;

    @Option(
            names = "--pool-by",
            paramLabel = "HOW",
            description =
                    "How pools with an effect are taken apart, with --pooled: halving, in few runs; or dorfman, each"
                            + " of their sites alone, in few rounds (default: halving).")
    private @Nullable String poolBy;

    @Option(
            names = "--plan",
            description =
                    "Only say what the sweep will do, with the memory and the time that it is expected to take, after"
                            + " a trial. It keeps within --memory: five eighths for weights, the rest for what it"
                            + " computes.")
    private boolean plan;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write the rows: a .parquet file.")
    private @Nullable Path out;

    @Option(
            names = "--report",
            paramLabel = "PAGE",
            description = "Where to write a page of what was found, which needs no network: an .html file.")
    private @Nullable Path report;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of every random draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final MethodOption method = new MethodOption();

    @Mixin
    private final SplicedOption dictionaries = new SplicedOption();

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What of the memory weights are kept unpacked in; the rest is for what a sweep computes.
    private static final double WEIGHTS = 5 / 8.0;

    /// What the JVM's compiler and the C library take over a whole sweep, more than over its trial, MB: measured on
    /// sweeps of 4 to 15 s.
    private static final double LATER_MB = 9;

    /// Options that the question of a single site has otherwise, or not at all.
    private static final Set<String> NOT_ONE =
            Set.of("--sites", "--positions", "--to", "--pooled", "--pool-by", "--out", "--report");

    @Override
    public Integer call() {
        List<PromptPair> texts = PairFile.read(pairs);
        checkIsOther("--out", out);
        checkIsOther("--report", report);
        dictionaries.check();
        try (DictionaryOption.Opened bases = dictionaries.open()) {
            return call(texts, asked(bases));
        }
    }

    private int call(List<PromptPair> texts, EffectSweep sweep) {
        Optional<EffectFile> file = Optional.ofNullable(out).map(EffectFile::new);
        Optional<ReportFile> page = Optional.ofNullable(report).map(ReportFile::new);
        Effects found;
        Optional<SweepFindings> findings = Optional.empty();
        ModelFacts facts;
        double seconds;
        double peak;
        try (Model opened = weights.open(model.path(), console, WEIGHTS)) {
            if (plan) {
                plan(sweep, opened, texts);
                return 0;
            }
            facts = model.facts(opened, weights);
            Progress progress = new Progress(texts.size());
            Interruption.advise(
                    out == null
                            ? "nothing is kept: a sweep with --out goes on where it was."
                            : "what was measured is kept beside " + out + ": the same command goes on from there.");
            double before = beyondWhat(opened, texts);
            long start = System.nanoTime();
            found = file.isPresent()
                    ? file.get().run(sweep, opened, texts, metadata(facts), bytes(), progress)
                    : sweep.run(opened, texts, bytes(), progress);
            seconds = (System.nanoTime() - start) / 1e9;
            peak = ProcessMemory.peakMb() - before;
            if (page.isPresent()) {
                findings = Optional.of(SweepFindings.of(found));
                page.get().write(page(findings.get(), facts, seconds, opened));
            }
        } finally {
            console.stepsDone();
        }
        if (console.isJson()) {
            console.json(found.rows());
        } else {
            SweepReport.of(
                            findings.orElseGet(() -> SweepFindings.of(found)),
                            Cutaway.Version.number(),
                            facts,
                            Ink.ofTerminal())
                    .forEach(line -> console.line("%s", line));
            console.line("%n  took %.1f s, and at most %.0f MB of memory beyond the weights", seconds, peak);
            if (out != null) {
                console.line("  wrote %s, %s", out, Ink.count(found.rows().size(), "row"));
            }
            if (report != null) {
                console.line("  wrote %s, to open in a browser", report);
            }
        }
        return 0;
    }

    /// @throws BadInputException when the file of an option is that of the pairs
    private void checkIsOther(String option, @Nullable Path file) {
        try {
            if (file != null && Files.exists(file) && Files.isSameFile(file, pairs)) {
                throw new BadInputException(option + " is the file of the pairs, " + pairs + "; give another.");
            }
        } catch (IOException e) {
            throw new BadInputException(option + " " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private String page(SweepFindings findings, ModelFacts facts, double seconds, Model opened) {
        SweepRecord.Repeat repeat =
                new SweepRecord.Repeat(console.command(), console.command(NOT_ONE, Set.of("--json")));
        SweepRecords.Facts about =
                new SweepRecords.Facts(Cutaway.Version.number(), facts, pairs.toString(), seconds, repeat);
        return HtmlReport.sweep(console.compact(SweepRecords.USUAL.of(findings, about, opened.tokenizer()::token)));
    }

    private long bytes() {
        return (long) ((1 - WEIGHTS) * weights.bytes());
    }

    /// What `--plan --json` prints.
    ///
    /// @param peakMb expected beyond the weights, of 10^6 bytes
    private record Planned(Plan plan, double peakMb) {}

    private void plan(EffectSweep sweep, Model opened, List<PromptPair> texts) {
        double before = beyondWhat(opened, texts);
        Plan found = sweep.plan(opened, texts, bytes());
        double peak = ProcessMemory.peakMb() - before + LATER_MB;
        if (console.isJson()) {
            console.json(new Planned(found, peak));
        } else {
            SweepReport.planned(found, peak, pooled != null, Ink.ofTerminal())
                    .forEach(line -> console.line("%s", line));
        }
    }

    /// What the process holds once weights are unpacked, MB: what it takes more is the sweep's.
    private static double beyondWhat(Model opened, List<PromptPair> texts) {
        try (Tensor warm =
                opened.logits(opened.encode(texts.getFirst().prompt()).ids())) {
            warm.close();
        }
        return ProcessMemory.settledMb();
    }

    /// How pools are taken apart.
    private enum PoolBy {
        HALVING,
        DORFMAN
    }

    private EffectSweep asked(DictionaryOption.Opened opened) {
        if (poolBy != null && pooled == null) {
            throw new BadInputException("--pool-by " + poolBy + " goes with --pooled; give that too, or leave it out.");
        }
        cutaway.interp.pool.Method by =
                switch (Choice.of("--pool-by", poolBy == null ? "halving" : poolBy, PoolBy.values())) {
                    case HALVING -> new Halving();
                    case DORFMAN -> new TwoStageDorfman();
                };
        EffectSweep sweep = new EffectSweep(
                method.method(),
                sites == null ? List.of() : SiteChoice.parseAll(sites),
                dictionaries.isGiven()
                        ? new Bases(List.copyOf(opened.bases()), dictionaries.withoutError())
                        : Bases.NONE,
                MetricChoice.parse(metric),
                seed,
                Optional.ofNullable(pooled).map(least -> new EffectSweep.Pooling(least, by)));
        return positions == null ? sweep : sweep.at(PositionChoice.parse(positions));
    }

    private Map<String, String> metadata(ModelFacts facts) {
        Map<String, String> metadata = new LinkedHashMap<>(dictionaries.facts());
        metadata.putAll(Map.of(
                "cutaway", Cutaway.Version.number(),
                "model", facts.name(),
                "sha256", facts.sha256(),
                "dtype", facts.dtype()));
        return metadata;
    }

    private final class Progress implements EffectSweep.Progress {

        private final int all;
        private int pair = -1;

        Progress(int all) {
            this.all = all;
        }

        @Override
        public void questions(Pair asked, int done, int questions) {
            if (pair != asked.index()) {
                pair = asked.index();
                console.step("pair " + (pair + 1) + " of " + all, "");
            }
            console.step("pair " + (pair + 1) + " of " + all, done + " of " + questions);
        }

        @Override
        public void resumed(int known) {
            console.note("goes on with " + known + " values that an interrupted sweep of the same questions measured");
        }

        @Override
        public void others(List<Path> files) {
            console.note("interrupted sweeps of other questions have left "
                    + files.stream().map(Path::toString).collect(Collectors.joining(", "))
                    + "; delete what you do not mean to go on with");
        }
    }
}
