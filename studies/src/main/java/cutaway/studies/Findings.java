package cutaway.studies;

import java.util.List;

/// What a study gives back.
///
/// @param bars in the order of the table
/// @param figures in the order of the page, the most telling first
/// @param notes what a reader of the table must know: what was not tried, and why
/// @param isWhole whether all of the study was measured; else it says at most that the claims are partly met
public record Findings(List<Bar> bars, List<Figure> figures, List<String> notes, boolean isWhole) {

    public Findings {
        bars = List.copyOf(bars);
        figures = List.copyOf(figures);
        notes = List.copyOf(notes);
        if (bars.isEmpty()) {
            throw new IllegalArgumentException("a study without a bar");
        }
    }

    /// Of all that there is to measure.
    public Findings(List<Bar> bars, List<Figure> figures, List<String> notes) {
        this(bars, figures, notes, true);
    }

    public Verdict verdict() {
        Verdict verdict = Verdict.of(bars);
        return isWhole || verdict != Verdict.REPRODUCED ? verdict : Verdict.PARTLY;
    }
}
