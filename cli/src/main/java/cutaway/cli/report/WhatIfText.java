package cutaway.cli.report;

import cutaway.cli.report.WhatIfRecord.AtRow;
import cutaway.cli.report.WhatIfRecord.ScoredBy;
import cutaway.interp.whatif.Counterfactual;
import cutaway.interp.whatif.Dependence;
import cutaway.interp.whatif.Fairness;
import cutaway.interp.whatif.Fairness.SliceFound;
import cutaway.interp.whatif.Strategy;
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
        return text.lines;
    }

    private void line(String format, Object... values) {
        lines.addAll(String.format(Locale.ROOT, format, values).lines().toList());
    }

    private void add(ScoredBy one) {
        line("%nscored by %s", one.about());
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
