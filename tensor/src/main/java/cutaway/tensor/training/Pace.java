package cutaway.tensor.training;

import cutaway.tensor.BadInputException;

/// How often a run speaks and is kept.
///
/// @param report steps between two reports
/// @param keep steps between two checkpoints
public record Pace(long report, long keep) {
    public Pace {
        if (report < 1 || keep < 1) {
            throw new BadInputException(
                    "a report every " + report + " steps and a checkpoint every " + keep + "; give at least 1.");
        }
    }
}
