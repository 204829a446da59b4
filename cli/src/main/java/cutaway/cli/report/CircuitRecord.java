package cutaway.cli.report;

import cutaway.interp.circuit.CircuitReport;
import cutaway.interp.explain.Explanation.ModelFacts;

/// What `cutaway circuit` writes: what was found, and what is needed to find it again.
///
/// @param version of Cutaway
/// @param pairs the file
/// @param shuffled whether pairs were asked about each other's answers
/// @param command finds it again
/// @param seconds what it took
public record CircuitRecord(
        String version,
        ModelFacts model,
        String pairs,
        boolean shuffled,
        String command,
        CircuitReport found,
        double seconds) {}
