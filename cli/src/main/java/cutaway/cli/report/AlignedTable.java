package cutaway.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Rows under heads, in the columns that a terminal has.
///
/// Numbers stand to the right and are never cut; texts and heads that do not fit are, with `…`. Columns for which
/// there is no room at all are left out from the right.
public final class AlignedTable {

    private static final int GAP = 2;

    /// A text or head is not cut below this many columns of the terminal.
    private static final int SHORTEST = 8;

    /// @param number whether its values are numbers
    public record Head(String name, boolean number) {}

    private final List<Head> heads;
    private final List<List<TerminalText>> lines; // the heads first
    private final int[] widths; // of the columns that fit

    /// @param width columns of the terminal
    public AlignedTable(List<Head> heads, List<List<String>> rows, int width) {
        this.heads = List.copyOf(heads);
        lines = new ArrayList<>();
        lines.add(heads.stream().map(head -> TerminalText.of(head.name())).toList());
        rows.forEach(row -> lines.add(row.stream().map(TerminalText::of).toList()));
        widths = fit(width);
    }

    /// The line of heads, then a line for each row.
    public List<String> lines() {
        return lines.stream().map(this::line).toList();
    }

    /// Names of the columns that are left out.
    public List<String> leftOut() {
        return lines.getFirst().subList(widths.length, heads.size()).stream()
                .map(TerminalText::text)
                .toList();
    }

    private String line(List<TerminalText> cells) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            TerminalText cell = cells.get(column).cut(widths[column]);
            String space = " ".repeat(widths[column] - cell.width());
            line.append(column == 0 ? "" : " ".repeat(GAP));
            line.append(heads.get(column).number() ? space + cell.text() : cell.text() + space);
        }
        return line.toString().stripTrailing();
    }

    /// As many columns as fit when all are as narrow as they can be; then the widest ones give what is too much.
    private int[] fit(int width) {
        int[] widest = new int[heads.size()];
        int[] narrowest = new int[heads.size()];
        int kept = 0;
        int taken = -GAP;
        for (int column = 0; column < heads.size(); column++) {
            int values = widest(column, lines.subList(1, lines.size()));
            widest[column] = Math.min(width, Math.max(values, widest(column, lines.subList(0, 1))));
            int least = heads.get(column).number() ? Math.max(values, SHORTEST) : SHORTEST;
            narrowest[column] = Math.min(widest[column], least);
            taken += GAP + narrowest[column];
            if (column > 0 && taken > width) {
                break;
            }
            kept++;
        }
        int[] widths = Arrays.copyOf(widest, kept);
        for (int over = Arrays.stream(widths).sum() + GAP * (kept - 1) - width; over > 0; over--) {
            IntStream.range(0, kept)
                    .filter(column -> widths[column] > narrowest[column])
                    .reduce((a, b) -> widths[b] > widths[a] ? b : a)
                    .ifPresent(column -> widths[column]--);
        }
        return widths;
    }

    private static int widest(int column, List<List<TerminalText>> rows) {
        return rows.stream().mapToInt(row -> row.get(column).width()).max().orElse(0);
    }
}
