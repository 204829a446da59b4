package cutaway.cli.report;

import cutaway.cli.report.WhatIfRecord.AtRow;
import cutaway.cli.report.WhatIfRecord.ScoredBy;
import cutaway.interp.whatif.Comparison;
import cutaway.interp.whatif.Counterfactual;
import cutaway.interp.whatif.Dependence;
import cutaway.interp.whatif.Fairness;
import cutaway.interp.whatif.Fairness.SliceFound;
import cutaway.interp.whatif.Strategy;
import cutaway.interp.whatif.TokenSaliency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What `cutaway whatif` found, as a terminal shows it.
public final class WhatIfText {

    private final WhatIfRecord found;
    private final int width;
    private final List<String> lines = new ArrayList<>();

    private WhatIfText(WhatIfRecord found, int width) {
        this.found = found;
        this.width = width;
    }

    /// @param width columns of the terminal
    public static List<String> lines(WhatIfRecord found, int width) {
        WhatIfText text = new WhatIfText(found, width);
        text.line("%s  %,d rows, cutaway %s", found.file(), found.rows(), found.version());
        found.scored().forEach(text::add);
        if (found.comparison() != null) {
            text.add(found.comparison());
        }
        return text.lines;
    }

    private void line(String format, Object... values) {
        lines.addAll(String.format(Locale.ROOT, format, values).lines().toList());
    }

    private void add(ScoredBy one) {
        line(
                "%nscored by %s%s",
                one.about(), one.model() == null ? "" : ", " + one.model().name());
        double mean =
                one.scores().stream().mapToDouble(Double::doubleValue).average().orElse(0);
        if (found.label() == null) {
            line("mean score %.3f; name what is true with --label to see how the scores do", mean);
        } else {
            line(
                    "mean score %.3f; against %s: area under ROC %s, average precision %s",
                    mean, found.label(), number(one.rocArea()), number(one.precisionArea()));
        }
        if (!one.strategies().isEmpty()) {
            add(one.strategies().getFirst());
        }
        if (one.strategies().size() > 1) {
            add(one.strategies());
        }
        if (one.row() != null) {
            add(one.row());
        }
    }

    private void add(Fairness fairness) {
        line(
                "%nthresholds: %s, a false positive costs %s of a false negative",
                words(fairness.strategy()), plain(fairness.costRatio()));
        List<List<String>> rows = new ArrayList<>();
        fairness.slices().forEach(slice -> rows.add(row(slice)));
        if (fairness.slices().size() > 1) {
            rows.add(row(fairness.all()));
        }
        List<AlignedTable.Head> heads = new ArrayList<>(List.of(new AlignedTable.Head("slice", false)));
        for (String name :
                List.of("rows", "TP", "FP", "TN", "FN", "threshold", "accuracy", "predicted 1", "TPR", "FPR")) {
            heads.add(new AlignedTable.Head(name, true));
        }
        new AlignedTable(heads, rows, width).lines().forEach(lines::add);
        if (fairness.slices().size() > 1) {
            Fairness.Gaps gaps = fairness.gaps();
            line(
                    "gaps between slices: accuracy %s, predicted 1 %s, TPR %s, FPR %s; cost %s",
                    number(gaps.accuracy()),
                    number(gaps.positive()),
                    number(gaps.truePositive()),
                    number(gaps.falsePositive()),
                    plain(fairness.cost()));
        }
    }

    private static List<String> row(SliceFound slice) {
        return List.of(
                slice.name(),
                String.valueOf(slice.labelled()),
                String.valueOf(slice.confusion().truePositives()),
                String.valueOf(slice.confusion().falsePositives()),
                String.valueOf(slice.confusion().trueNegatives()),
                String.valueOf(slice.confusion().falseNegatives()),
                number(slice.threshold()),
                number(slice.rates().accuracy()),
                number(slice.rates().positive()),
                number(slice.rates().truePositive()),
                number(slice.rates().falsePositive()));
    }

    private void add(List<Fairness> strategies) {
        line("%nall strategies, tolerance %s", plain(strategies.getFirst().tolerance()));
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("strategy", false),
                new AlignedTable.Head("cost", true),
                new AlignedTable.Head("gap of accuracy", true),
                new AlignedTable.Head("predicted 1", true),
                new AlignedTable.Head("TPR", true),
                new AlignedTable.Head("thresholds", false));
        List<List<String>> rows = strategies.stream()
                .map(one -> List.of(
                        words(one.strategy()),
                        plain(one.cost()),
                        number(one.gaps().accuracy()),
                        number(one.gaps().positive()),
                        number(one.gaps().truePositive()),
                        one.slices().stream()
                                .map(slice -> number(slice.threshold()))
                                .collect(Collectors.joining(" "))))
                .toList();
        new AlignedTable(heads, rows, width).lines().forEach(lines::add);
    }

    private void add(AtRow at) {
        line("%nrow %d  score %.3f", at.row(), at.score());
        if (at.saliency() != null) {
            add(at.saliency());
        }
        Counterfactual nearest = at.nearest();
        if (nearest == null) {
            line("  no row is predicted otherwise");
            return;
        }
        line(
                "  nearest that is predicted otherwise: row %d, score %.3f, %s distance %.3f",
                nearest.row(), nearest.score(), found.norm().toUpperCase(Locale.ROOT), nearest.distance());
        for (String column : nearest.differing()) {
            int index = found.columns().indexOf(column);
            line(
                    "    %s: %s -> %s",
                    column, at.values().get(index), nearest.values().get(index));
        }
        for (Dependence dependence : at.dependence()) {
            List<String> points = new ArrayList<>();
            for (int i = 0; i < dependence.values().size(); i++) {
                points.add(String.format(
                        Locale.ROOT,
                        "%s %.3f",
                        dependence.values().get(i),
                        dependence.point().get(i)));
            }
            line("  score by %s: %s", dependence.column(), String.join(", ", points));
        }
    }

    private void add(TokenSaliency saliency) {
        line("  margin %.3f nats%s", saliency.margin(), options(saliency));
        List<List<String>> rows = new ArrayList<>();
        for (int pos = 0; pos < saliency.tokens().size(); pos++) {
            rows.add(List.of(
                    String.valueOf(pos),
                    "\"" + saliency.tokens().get(pos).text().replace("\n", "\\n") + "\"",
                    saliency.gradient().isEmpty()
                            ? "-"
                            : signed(saliency.gradient().get(pos)),
                    saliency.leftOut().isEmpty()
                            ? "-"
                            : signed(saliency.leftOut().get(pos))));
        }
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("pos", true),
                new AlignedTable.Head("token", false),
                new AlignedTable.Head("gradient x embedding", true),
                new AlignedTable.Head("left out", true));
        new AlignedTable(heads, rows, width).lines().forEach(line -> lines.add("  " + line));
    }

    private static String options(TokenSaliency saliency) {
        return saliency.options().stream()
                .map(option -> String.format(
                        Locale.ROOT,
                        "; \"%s\" logit %.3f, p %.3g",
                        option.text(),
                        option.logit(),
                        option.probability()))
                .collect(Collectors.joining());
    }

    private void add(Comparison two) {
        line(
                "%nthe second beside the first: of %,d rows, both predict 1 in %,d and 0 in %,d; 1 by the first"
                        + " alone in %,d, by the second alone in %,d",
                two.rows(), two.bothOne(), two.bothZero(), two.firstOnly(), two.secondOnly());
        line("scores: second less first %+.3f in the mean; apart by %.3f", two.meanDifference(), two.meanDistance());
        Comparison.Correctness judged = two.judged();
        if (judged != null) {
            line(
                    "labelled rows: both right %,d, the first alone %,d, the second alone %,d, both wrong %,d; p = %.2g"
                            + " by McNemar's exact test",
                    judged.bothRight(),
                    judged.firstOnlyRight(),
                    judged.secondOnlyRight(),
                    judged.bothWrong(),
                    judged.p());
        }
        if (two.slices().size() > 1) {
            List<Fairness> both = found.scored().stream()
                    .map(one -> one.strategies().getFirst())
                    .toList();
            line(
                    "gaps between slices, first and second: TPR %s and %s, accuracy %s and %s",
                    number(both.getFirst().gaps().truePositive()),
                    number(both.getLast().gaps().truePositive()),
                    number(both.getFirst().gaps().accuracy()),
                    number(both.getLast().gaps().accuracy()));
            line(
                    "predicted otherwise: %s",
                    two.slices().stream()
                            .map(slice -> slice.name() + " " + slice.differ() + " of " + slice.rows())
                            .collect(Collectors.joining("; ")));
        }
        line(
                "furthest apart: %s",
                two.furthest().stream()
                        .limit(5)
                        .map(one -> String.format(
                                Locale.ROOT, "row %d %.3f and %.3f", one.row(), one.first(), one.second()))
                        .collect(Collectors.joining(", ")));
    }

    private static String signed(double value) {
        return String.format(Locale.ROOT, "%+.3f", value);
    }

    private static String words(Strategy strategy) {
        return strategy.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String plain(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3g", value);
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }
}
