package cutaway.features.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a dictionary is worth: numbers, each beside those of its rivals.
///
/// @param contexts that were judged, which the intervals draw anew
/// @param tokens that were judged, and why others were not
/// @param fitted tokens that the rivals were fitted on
/// @param k active latents of the rivals: the dictionary's L0, rounded
/// @param rows in the order of a table
/// @param histogram latents by how often they are active
public record Judgement(int contexts, Tokens tokens, long fitted, int k, List<Row> rows, List<Bar> histogram) {

    public Judgement {
        rows = List.copyOf(rows);
        histogram = List.copyOf(histogram);
    }

    /// The judged tokens, and those that were left out.
    ///
    /// @param counted that were not left out
    /// @param special such as BOS
    /// @param first at the start of a context
    /// @param sinks of a norm far above the context's median
    public record Tokens(long counted, long special, long first, long sinks) {}

    /// A bar of the histogram of frequencies, which are shares of tokens.
    ///
    /// @param from log10 of the lowest frequency
    /// @param to log10 of the highest, not included but in the last bar
    public record Bar(double from, double to, long latents) {}

    /// One metric.
    ///
    /// @param unit empty for a pure number
    /// @param value the dictionary's
    /// @param rivals by name, those that have the metric
    public record Row(String metric, String unit, Estimate value, Map<String, Estimate> rivals) {}

    /// With more rows behind the others.
    public Judgement with(List<Row> more) {
        List<Row> all = new ArrayList<>(rows);
        all.addAll(more);
        return new Judgement(contexts, tokens, fitted, k, all, histogram);
    }

    /// The value of a metric.
    ///
    /// @throws IllegalArgumentException when there is none of that name
    public Row row(String metric) {
        return rows.stream()
                .filter(row -> row.metric.equals(metric))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no metric " + metric));
    }
}
