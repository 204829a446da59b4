package cutaway.cli.report;

import cutaway.interp.circuit.CircuitReport;
import cutaway.interp.circuit.HalvesCurve;
import cutaway.interp.explain.Explanation.ModelFacts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `cutaway circuit` writes: what was found, and what is needed to find it again.
///
/// @param version of Cutaway
/// @param pairs the file
/// @param shuffled whether pairs were asked about each other's answers
/// @param dictionaries SHA-256 of those whose errors are nodes, and of what splits these
/// @param halves what the threshold was chosen by; absent where it was given
/// @param command finds it again
/// @param seconds what it took
public record CircuitRecord(
        String version,
        ModelFacts model,
        String pairs,
        boolean shuffled,
        Map<String, String> dictionaries,
        @Nullable HalvesCurve halves,
        String command,
        CircuitReport found,
        double seconds) {}
