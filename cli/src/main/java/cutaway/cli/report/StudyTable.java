package cutaway.cli.report;

import cutaway.studies.Bar;
import cutaway.studies.BarInterval;
import cutaway.studies.StudyResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// The bars of a study as a terminal shows them: medians over seeds, beside them 95 % intervals where there are some.
public final class StudyTable {

    private static final String INTERVAL = "95 %";

    private static final List<AlignedTable.Head> HEADS = List.of(
            new AlignedTable.Head("", false),
            new AlignedTable.Head("what", false),
            new AlignedTable.Head("paper", false),
            new AlignedTable.Head("ours", true),
            new AlignedTable.Head(INTERVAL, true),
            new AlignedTable.Head("bar", false),
            new AlignedTable.Head("control", true),
            new AlignedTable.Head(INTERVAL, true),
            new AlignedTable.Head("which is", false));

    private StudyTable() {}

    /// @param width columns of the terminal
    public static AlignedTable of(StudyResult result, int width) {
        List<List<String>> rows = result.table().stream().map(StudyTable::row).toList();
        int[] shown = IntStream.range(0, HEADS.size())
                .filter(column -> !HEADS.get(column).name().equals(INTERVAL)
                        || rows.stream().anyMatch(row -> !row.get(column).isEmpty()))
                .toArray();
        return new AlignedTable(
                chosen(HEADS, shown),
                rows.stream().map(row -> chosen(row, shown)).toList(),
                width);
    }

    private static <T> List<T> chosen(List<T> all, int[] columns) {
        return IntStream.of(columns).mapToObj(all::get).toList();
    }

    private static List<String> row(StudyResult.Line line) {
        Bar bar = line.bar();
        Optional<Bar.Control> control = bar.control();
        return List.of(
                line.isMet() ? "met" : line.controlLost() ? "missed" : "control does not lose",
                bar.what(),
                bar.paper().isEmpty() ? "-" : bar.paper(),
                JudgementTable.number(line.median()),
                range(bar.interval()),
                bar.goal().toString(),
                control.map(it -> JudgementTable.number(Bar.median(it.values())))
                        .orElse("-"),
                range(control.flatMap(Bar.Control::interval)),
                control.map(Bar.Control::what).orElse(""));
    }

    private static String range(Optional<BarInterval> interval) {
        return interval.map(it -> number(it.low()) + " to " + number(it.high())).orElse("");
    }

    /// A digit less than the median has: of the interval's ends no more is known.
    private static String number(double value) {
        double size = Math.abs(value);
        int digits = size >= 100 ? 0 : size >= 10 ? 1 : 3;
        return String.format(Locale.ROOT, size >= 1e7 ? "%.3g" : "%." + digits + "f", value);
    }
}
