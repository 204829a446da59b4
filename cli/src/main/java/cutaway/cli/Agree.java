package cutaway.cli;

import cutaway.cli.report.Ink;
import cutaway.interp.effects.EffectAgreement;
import cutaway.interp.effects.Question;
import cutaway.interp.statistics.Agreement;
import cutaway.interp.statistics.Interval;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway agree`: how far one method's effects are those of another.
@Command(
        name = "agree",
        description = "Says how far two sweeps of the same prompts agree, question by question.",
        footer = {
            "",
            "Example:",
            "  cutaway sweep pairs.jsonl --sites head_z --method patch --out patch.parquet",
            "  cutaway sweep pairs.jsonl --sites head_z --method attribution --out attribution.parquet",
            "  cutaway agree patch.parquet attribution.parquet"
        },
        mixinStandardHelpOptions = true)
final class Agree implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "REFERENCE", description = "Effects to be found, as a sweep wrote them.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path reference;

    @Parameters(index = "1", paramLabel = "APPROXIMATION", description = "The same by another method.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path approximation;

    @Option(
            names = "--top",
            defaultValue = "10",
            paramLabel = "NUMBER",
            description = "How many of the largest are compared (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--misses",
            defaultValue = "5",
            paramLabel = "NUMBER",
            description = "How many of the worst misses are listed (default: ${DEFAULT-VALUE}).")
    private int misses;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the bootstrap (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints of a miss.
    private record Miss(Question question, double reference, double approximation) {}

    /// What `--json` prints.
    private record Result(
            String reference,
            String approximation,
            String referenceFrom,
            String approximationFrom,
            long pairs,
            int questions,
            OptionalDouble spearman,
            List<Double> spearmanInterval,
            OptionalDouble pearson,
            OptionalDouble slope,
            OptionalDouble sameSign,
            int top,
            double topFound,
            List<Miss> worst) {}

    @Override
    public Integer call() {
        EffectAgreement found = EffectAgreement.of(reference, approximation, top, misses, seed);
        Agreement agreement = found.agreement();
        List<Miss> worst = agreement.worst().stream()
                .map(miss -> new Miss(found.questions().get(miss.question()), miss.reference(), miss.approximation()))
                .toList();
        if (console.isJson()) {
            console.json(new Result(
                    reference.toString(),
                    approximation.toString(),
                    found.referenceFrom(),
                    found.approximationFrom(),
                    found.pairs(),
                    agreement.questions(),
                    agreement.spearman(),
                    agreement
                            .spearmanInterval()
                            .map(interval -> List.of(interval.low(), interval.high()))
                            .orElse(List.of()),
                    agreement.pearson(),
                    agreement.slope(),
                    agreement.sameSign(),
                    agreement.top(),
                    agreement.topFound(),
                    worst));
        } else {
            print(found, worst);
        }
        return 0;
    }

    private void print(EffectAgreement found, List<Miss> worst) {
        Agreement agreement = found.agreement();
        console.line(
                "%s against %s: %s that both answer, means over %s",
                approximation,
                reference,
                Ink.count(agreement.questions(), "question"),
                Ink.count(found.pairs(), "pair"));
        console.line(
                "  rank correlation (Spearman)  %s%s",
                said(agreement.spearman(), "%.3f"),
                agreement.spearmanInterval().map(Agree::said).orElse(""));
        console.line("  linear correlation (Pearson) %s", said(agreement.pearson(), "%.3f"));
        console.line("  slope on the reference       %s", said(agreement.slope(), "%.3f"));
        console.line("  same sign                    %s", percent(agreement.sameSign()));
        console.line(
                "  %-28s %s are among its own; by chance %s",
                agreement.top() == 1 ? "of the largest" : "of the %d largest".formatted(agreement.top()),
                percent(OptionalDouble.of(agreement.topFound())),
                percent(OptionalDouble.of((double) agreement.top() / agreement.questions())));
        if (found.isCountedDifferently()) {
            console.line(
                    "  Effects of %s are counted from %s and those of %s from %s: signs need not agree.",
                    reference.getFileName(),
                    found.referenceFrom(),
                    approximation.getFileName(),
                    found.approximationFrom());
        }
        if (!worst.isEmpty()) {
            console.line("  worst misses %31s %13s", "reference", "approximation");
        }
        for (Miss miss : worst) {
            console.line("    %-30s %9.3f %13.3f", miss.question().text(), miss.reference(), miss.approximation());
        }
    }

    private static String said(OptionalDouble value, String format) {
        return value.isPresent()
                ? String.format(Locale.ROOT, format, value.getAsDouble())
                : "none: a column is constant";
    }

    private static String said(Interval interval) {
        return String.format(Locale.ROOT, "  [%.3f, %.3f]", interval.low(), interval.high());
    }

    private static String percent(OptionalDouble share) {
        return share.isPresent() ? Math.round(100 * share.getAsDouble()) + " %" : "none: all are zero";
    }
}
