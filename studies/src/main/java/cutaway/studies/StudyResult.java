package cutaway.studies;

import java.util.List;
import java.util.Map;

/// All that a run of a study leaves: what the page, the documents and the JSON file say.
///
/// @param version of Cutaway
/// @param date of the run, ISO 8601
/// @param size of the run
/// @param seeds how many
/// @param parameters with their values
/// @param seconds what it took
/// @param command that repeats it
public record StudyResult(
        Card card,
        String version,
        String date,
        Size size,
        int seeds,
        Map<String, Double> parameters,
        double seconds,
        String command,
        Verdict verdict,
        List<Line> table,
        List<Figure> figures,
        List<String> notes) {

    /// A bar with what became of it.
    ///
    /// @param median of ours
    /// @param isMet whether the goal is met and the control lost
    /// @param controlLost whether the control lost on every seed; true where there is none
    public record Line(Bar bar, double median, boolean isMet, boolean controlLost) {}

    public static StudyResult of(
            Study study, StudyRun run, Findings findings, String version, String date, double seconds, String command) {
        return new StudyResult(
                study.card(),
                version,
                date,
                run.size(),
                run.seedCount(),
                run.values(),
                seconds,
                command,
                findings.verdict(),
                findings.bars().stream()
                        .map(bar -> new Line(bar, bar.median(), bar.isMet(), bar.controlLoses()))
                        .toList(),
                findings.figures(),
                findings.notes());
    }
}
