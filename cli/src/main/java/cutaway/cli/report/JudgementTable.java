package cutaway.cli.report;

import cutaway.features.judge.Estimate;
import cutaway.features.judge.Judgement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A judgement as a terminal shows it: a row a metric, the rivals beside it.
public final class JudgementTable {

    private static final List<String> RIVALS = List.of("PCA", "random", "neurons");
    private static final int BAR = 40;

    private JudgementTable() {}

    /// @param width columns of the terminal
    public static AlignedTable of(Judgement judgement, int width) {
        return of(judgement.rows(), RIVALS, width);
    }

    /// @param rivals in the order of their columns; those that no row has are left out
    /// @param width columns of the terminal
    public static AlignedTable of(List<Judgement.Row> judged, List<String> rivals, int width) {
        List<String> present = rivals.stream()
                .filter(rival -> judged.stream().anyMatch(row -> row.rivals().containsKey(rival)))
                .toList();
        List<AlignedTable.Head> heads = new ArrayList<>(List.of(
                new AlignedTable.Head("metric", false),
                new AlignedTable.Head("value", true),
                new AlignedTable.Head("[95 %]", false)));
        present.forEach(rival -> heads.add(new AlignedTable.Head(rival, true)));
        boolean hasUnits = judged.stream().anyMatch(row -> !row.unit().isEmpty());
        if (hasUnits) {
            heads.add(new AlignedTable.Head("unit", false));
        }
        List<List<String>> rows = new ArrayList<>();
        for (Judgement.Row row : judged) {
            List<String> cells = new ArrayList<>(List.of(
                    row.metric(),
                    number(row.value().value()),
                    row.value()
                            .interval()
                            .map(range -> "[" + number(range.low()) + ", " + number(range.high()) + "]")
                            .orElse("")));
            for (String rival : present) {
                cells.add(Optional.ofNullable(row.rivals().get(rival))
                        .map(Estimate::value)
                        .map(JudgementTable::number)
                        .orElse("-"));
            }
            if (hasUnits) {
                cells.add(row.unit());
            }
            rows.add(cells);
        }
        return new AlignedTable(heads, rows, width);
    }

    /// Four digits.
    static String number(double value) {
        double size = Math.abs(value);
        if (Double.isNaN(value)) {
            return "-";
        }
        int digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 4;
        return String.format(Locale.ROOT, size >= 1e7 ? "%.3g" : "%." + digits + "f", value);
    }

    /// A line a bar, from the rarest latents that were active at all.
    public static List<String> histogram(List<Judgement.Bar> bars) {
        long most = bars.stream().mapToLong(Judgement.Bar::latents).max().orElse(0);
        return bars.stream()
                .map(bar -> String.format(
                        Locale.ROOT,
                        "  %5.1f to %4.1f  %7d  %s",
                        bar.from(),
                        bar.to(),
                        bar.latents(),
                        "#".repeat(most == 0 ? 0 : (int) Math.ceil((double) BAR * bar.latents() / most))))
                .toList();
    }
}
