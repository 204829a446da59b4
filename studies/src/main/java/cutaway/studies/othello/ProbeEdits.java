package cutaway.studies.othello;

import cutaway.interp.probe.Probe;
import cutaway.interp.probe.ProbeEdit;
import cutaway.interp.probe.StateChange;
import cutaway.studies.StudyRun;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Wrong moves on boards with one disc turned, as they are, after gradient steps until MLP probes read the turned disc,
/// and after random directions of equal length: a number a board each.
///
/// @param reachable whether legal play leads to the changed board
record ProbeEdits(double[] unchanged, double[] edited, double[] random, List<Reachable.Answer> reachable) {

    /// The boards of a seed, the same for every model.
    static BoardEdits boards(StudyRun run, OthelloModel model, long seed) {
        int count = run.count("edits");
        return new BoardEdits(
                model,
                new Games(OthelloModel.TASK, 2 * count, seed, "edited games"),
                BoardEdits.Kind.TURNED,
                count,
                seed);
    }

    /// @param boards of [#boards]
    /// @param probes MLPs of colours as they are, by layer
    static ProbeEdits of(
            StudyRun run, BoardEdits boards, List<Probe> probes, List<Reachable.Answer> reachable, long seed) {
        int from = run.count("edit-from");
        StateChange change = boards.through(probes, Games.View.ABSOLUTE, ProbeEdit.USUAL);
        return new ProbeEdits(
                boards.errors(from, StateChange.NONE),
                boards.errors(from, change),
                boards.errors(from, StateChange.randomLike(change, seed)),
                reachable);
    }

    /// Two standard errors below the mean of what edits save, board by board; NaN where they change nothing.
    double leastGain() {
        if (Arrays.equals(unchanged, edited)) {
            return Double.NaN;
        }
        double mean = gain(edited);
        double squares = 0;
        for (int i = 0; i < edited.length; i++) {
            squares += Math.pow(unchanged[i] - edited[i] - mean, 2);
        }
        return mean - 1.96 * Math.sqrt(squares / edited.length / (edited.length - 1));
    }

    /// Mean of what is saved of the unchanged run's wrong moves.
    double gain(double[] errors) {
        return Readings.mean(unchanged) - Readings.mean(errors);
    }

    /// Mean over the boards of which one thing is known; NaN where there is none.
    double of(double[] errors, Reachable.Answer answer) {
        return IntStream.range(0, errors.length)
                .filter(i -> reachable.get(i) == answer)
                .mapToDouble(i -> errors[i])
                .average()
                .orElse(Double.NaN);
    }

    /// Of the unchanged run's wrong moves, over those boards.
    double share(double[] errors, Reachable.Answer answer) {
        return of(errors, answer) / of(unchanged, answer);
    }

    /// For the notes.
    String words() {
        return String.format(
                        Locale.ROOT,
                        "unchanged %.2f, edited %.2f, random %.2f; ",
                        Readings.mean(unchanged),
                        Readings.mean(edited),
                        Readings.mean(random))
                + Stream.of(Reachable.Answer.values()).map(this::words).collect(Collectors.joining("; "));
    }

    private String words(Reachable.Answer answer) {
        String boards = switch (answer) {
            case NATURAL -> "where legal play leads to the board ";
            case UNNATURAL -> "where it does not ";
            case UNDECIDED -> "undecided after a search of " + BoardEdits.MOST + " boards ";
        };
        long count = reachable.stream().filter(answer::equals).count();
        return count == 0
                ? boards + "none"
                : String.format(
                        Locale.ROOT,
                        "%s%.2f, %.2f, %.2f (%d)",
                        boards,
                        of(unchanged, answer),
                        of(edited, answer),
                        of(random, answer),
                        count);
    }
}
