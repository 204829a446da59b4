package cutaway.cli.report;

import cutaway.studies.Bar;
import cutaway.studies.StudyResult;
import java.util.List;

/// The bars of a study as a terminal shows them.
public final class StudyTable {

    private static final List<AlignedTable.Head> HEADS = List.of(
            new AlignedTable.Head("", false),
            new AlignedTable.Head("what", false),
            new AlignedTable.Head("paper", false),
            new AlignedTable.Head("ours", true),
            new AlignedTable.Head("bar", false),
            new AlignedTable.Head("control", true),
            new AlignedTable.Head("which is", false));

    private StudyTable() {}

    /// @param width columns of the terminal
    public static AlignedTable of(StudyResult result, int width) {
        return new AlignedTable(
                HEADS, result.table().stream().map(StudyTable::row).toList(), width);
    }

    private static List<String> row(StudyResult.Line line) {
        Bar bar = line.bar();
        return List.of(
                line.isMet() ? "met" : line.controlLost() ? "missed" : "control does not lose",
                bar.what(),
                bar.paper().isEmpty() ? "-" : bar.paper(),
                JudgementTable.number(line.median()),
                bar.goal().toString(),
                bar.control().map(it -> range(it.values())).orElse("-"),
                bar.control().map(Bar.Control::what).orElse(""));
    }

    /// The values of all seeds: each must lose.
    private static String range(List<Double> values) {
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
        return least == most
                ? JudgementTable.number(least)
                : JudgementTable.number(least) + " to " + JudgementTable.number(most);
    }
}
