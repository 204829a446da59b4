package cutaway.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Training steps, harvests and pages beside the rivals' as lines for a terminal, and as
/// docs/benchmarks-dictionaries.md.
public final class DictionaryTable {

    private DictionaryTable() {}

    public static List<String> lines(List<DictionaryBench.Row> rows, List<StoreRow> stores) {
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
        for (StoreRow row : stores) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-10s %,8.1f s  %s %,8.1f s  %5.2f x (%s %.1f)  %s%s",
                    row.task(),
                    row.ours(),
                    row.rival(),
                    row.theirs(),
                    row.ratio(),
                    row.isReached() ? "wanted" : "MISSED",
                    row.wanted(),
                    row.size(),
                    row.agrees() ? "" : String.format(Locale.ROOT, "  VALUES DIFFER by %.1g", row.gap())));
        }
        return lines;
    }

    public static String page(
            List<DictionaryBench.Row> rows, List<StoreRow> stores, String version, String machine, String date) {
        StringBuilder page = new StringBuilder("""
            # Dictionaries, beside SAELens, sparsify and SAEDashboard

            Written by `./cutaway bench --dictionaries` on %s: Cutaway %s beside SAELens 6.54.12, sparsify 1.3.3 and SAEDashboard 0.8.0
            (torch 2.10.0), each in a process of its own, by turns, three times; medians. %s.

            ## Training

            A step: 4,096 tokens of 576 numbers, 16,384 latents, float32, k 32, Adam, gradients clipped to the norm 1. All begin with
            the same weights and see the same batches; a time counts only where the reconstruction error is the same at each step
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
        page.append("""

            ## Harvests and feature pages

            Both sides open SmolLM2-135M-Instruct in float32 from the same file, which is not counted, and see the same contexts of 128
            tokens of this project's documents and sources, on all threads.

            **harvest**: the residual stream after three blocks. Cutaway reads the text, writes a shuffled store onto the disk and reads all
            of it back in batches of 4,096 vectors. SAELens' `ActivationsStore` has the tokens already and gives the same batches from its
            mixing buffer in memory, which is full when the clock starts; the fastest of the three model classes that it takes is measured.
            A time counts only where each of 256 vectors is one of the text's, to 1e-3 of its length at each layer.

            **pages**: a TopK dictionary (k 32) on the residual stream after block 15, whose directions are activations. Cutaway reads the
            text, harvests and writes all tables of `features pages` with SAEDashboard's layout. SAEDashboard has the tokens already, and
            makes one HTML file of all features. Each shows examples, histograms of activations and tokens raised and lowered; Cutaway also
            the nearest features and those that fire together, SAEDashboard also a histogram of logits and correlated neurons and features
            of a batch. A time counts only where features fire as often, and as much, on both sides, but for one in 500. Whole pages, of
            4,096 features over 100,096 tokens, are measured with `--whole`, once.

            | task | what | rival | Cutaway, s | rival, s | ratio | wanted | Cutaway, tokens/s | rival, tokens/s | values differ by |
            |---|---|---|---|---|---|---|---|---|---|
            """);
        for (StoreRow row : stores) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s, %s | %,.1f | %,.1f | **%.2f** | %.1f%s | %,.0f | %,.0f | %.1g |%n",
                    row.task(),
                    row.size(),
                    row.rival(),
                    row.how(),
                    row.ours(),
                    row.theirs(),
                    row.ratio(),
                    row.wanted(),
                    row.isReached() ? "" : ", missed",
                    row.tokens() / row.ours(),
                    row.tokens() / row.theirs(),
                    row.gap()));
        }
        return page.toString();
    }
}
