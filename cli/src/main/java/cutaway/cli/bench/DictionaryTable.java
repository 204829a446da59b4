package cutaway.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Training steps beside the rivals' as lines for a terminal, and as docs/benchmarks-dictionaries.md.
public final class DictionaryTable {

    private DictionaryTable() {}

    public static List<String> lines(List<DictionaryBench.Row> rows) {
        List<String> lines = new ArrayList<>();
        for (DictionaryBench.Row row : rows) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-10s %,8.0f tokens/s  %-9s %,8.0f tokens/s  %5.2f x (%s %.1f)  peak %,.0f and %,.0f MB%s",
                    row.task().kind(),
                    row.ours().tokensPerSecond(),
                    row.task().rival(),
                    row.theirs().tokensPerSecond(),
                    row.ratio(),
                    row.isReached() ? "wanted" : "MISSED",
                    row.task().wanted(),
                    row.ours().peakMb(),
                    row.theirs().peakMb(),
                    row.agrees() ? "" : String.format(Locale.ROOT, "  ERRORS DIFFER by %.1g", row.gap())));
        }
        return lines;
    }

    public static String page(List<DictionaryBench.Row> rows, String version, String machine, String date) {
        StringBuilder page = new StringBuilder("""
            # Training dictionaries, beside SAELens and sparsify

            Written by `./cutaway bench --dictionaries` on %s: Cutaway %s beside SAELens 6.54.12 and sparsify 1.3.3 (torch 2.10.0),
            each in a process of its own, by turns, three times; medians. %s.

            A step: 4,096 tokens of 576 numbers, 16,384 latents, float32, k 32, Adam, gradients clipped to the norm 1. All begin with
            the same weights and see the same batches; a time counts only where the reconstruction error is the same at each of 8 steps
            (the largest difference is given). ReLU and JumpReLU begin with about a hundred latents active a token, as in the middle of a
            run. Memory is the peak beyond batches and weights.

            | kind | rival | Cutaway, tokens/s | rival, tokens/s | ratio | wanted | peak MB, Cutaway | rival | errors differ by |
            |---|---|---|---|---|---|---|---|---|
            """.formatted(date, version, machine));
        for (DictionaryBench.Row row : rows) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %,.0f | **%.2f** | %.1f%s | %,.0f | %,.0f | %.1g |%n",
                    row.task().kind(),
                    row.task().rival(),
                    row.ours().tokensPerSecond(),
                    row.theirs().tokensPerSecond(),
                    row.ratio(),
                    row.task().wanted(),
                    row.isReached() ? "" : ", missed",
                    row.ours().peakMb(),
                    row.theirs().peakMb(),
                    row.gap()));
        }
        return page.toString();
    }
}
