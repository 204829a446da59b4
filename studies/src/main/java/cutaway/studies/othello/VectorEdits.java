package cutaway.studies.othello;

import cutaway.interp.probe.Probe;
import cutaway.interp.probe.ProbeEdit;
import cutaway.interp.probe.StateChange;
import cutaway.studies.StudyRun;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Mean wrong moves on boards with one disc changed: as they are, after `x + a |x| (p_wanted - p_there)` along linear
/// probes of mine and theirs, and after random directions of equal length.
///
/// @param scale the a, the best one on other boards
record VectorEdits(double scale, double unchanged, double edited, double random) {

    private static final List<Double> SCALES = List.of(0.1, 0.25, 0.5, 1.0, 2.0);

    /// Boards of one seed whose discs are turned, or taken away.
    ///
    /// @param probes linear ones of mine and theirs, by layer
    static VectorEdits of(StudyRun run, OthelloModel model, List<Probe> probes, BoardEdits.Kind kind, long seed) {
        int from = run.count("edit-from");
        BoardEdits chosenOn = boards(model, kind, Math.max(30, run.count("edits") / 4), seed, "boards to choose on");
        double scale = SCALES.stream()
                .min(Comparator.comparingDouble(
                        a -> Readings.mean(chosenOn.errors(from, chosenOn.along(probes, Games.View.RELATIVE, a)))))
                .orElseThrow();
        BoardEdits boards = judged(run, model, kind, seed);
        StateChange change = boards.along(probes, Games.View.RELATIVE, scale);
        return new VectorEdits(
                scale,
                Readings.mean(boards.errors(from, StateChange.NONE)),
                Readings.mean(boards.errors(from, change)),
                Readings.mean(boards.errors(from, StateChange.randomLike(change, seed))));
    }

    /// Mean wrong moves on the same boards with a disc turned by gradient steps through MLP probes of mine and theirs.
    static double throughMlp(StudyRun run, OthelloModel model, List<Probe> mlp, long seed) {
        BoardEdits boards = judged(run, model, BoardEdits.Kind.TURNED, seed);
        return Readings.mean(
                boards.errors(run.count("edit-from"), boards.through(mlp, Games.View.RELATIVE, ProbeEdit.USUAL)));
    }

    private static BoardEdits judged(StudyRun run, OthelloModel model, BoardEdits.Kind kind, long seed) {
        return boards(
                model,
                kind,
                run.count("edits"),
                seed,
                kind == BoardEdits.Kind.TURNED ? "edited games" : "erased discs");
    }

    private static BoardEdits boards(OthelloModel model, BoardEdits.Kind kind, int count, long seed, String purpose) {
        return new BoardEdits(model, new Games(OthelloModel.TASK, 2 * count, seed, purpose), kind, count, seed);
    }

    /// Wrong moves after the edit, of those without.
    double left() {
        return edited / unchanged;
    }

    /// Wrong moves after random directions, of those without.
    double leftByRandom() {
        return random / unchanged;
    }

    /// For the notes.
    String words() {
        return String.format(
                Locale.ROOT,
                "unchanged %.2f, vector added %.2f (a = %s, chosen on other boards), random %.2f",
                unchanged,
                edited,
                scale,
                random);
    }
}
