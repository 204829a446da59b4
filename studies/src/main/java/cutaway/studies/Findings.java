package cutaway.studies;

import java.util.List;

/// What a study gives back.
///
/// @param bars in the order of the table
/// @param figures in the order of the page, the most telling first
/// @param notes what a reader of the table must know: what was not tried, and why
public record Findings(List<Bar> bars, List<Figure> figures, List<String> notes) {

    public Findings {
        bars = List.copyOf(bars);
        figures = List.copyOf(figures);
        notes = List.copyOf(notes);
        if (bars.isEmpty()) {
            throw new IllegalArgumentException("a study without a bar");
        }
    }

    public Verdict verdict() {
        return Verdict.of(bars);
    }
}
