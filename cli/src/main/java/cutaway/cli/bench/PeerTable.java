package cutaway.cli.bench;

import cutaway.cli.bench.PeerBench.Result;
import cutaway.cli.bench.PeerBench.Row;
import cutaway.cli.bench.PeerBench.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What `cutaway bench --peers` measured, in words: for the terminal and for `docs/benchmarks.md`.
public final class PeerTable {

    private PeerTable() {}

    /// Lines for the terminal.
    public static List<String> lines(Result result) {
        List<String> lines = new ArrayList<>();
        for (Row row : result.rows()) {
            Score ours = row.cutaway();
            lines.add(
                    "%-34s %8.2f s %7.0f MB  %s".formatted(row.label(), ours.seconds(), ours.peakMb(), row.verdict()));
            for (Score rival : row.rivals()) {
                lines.add("  %-32s %8.2f s %7.0f MB  %6.1f x, wanted %s%s"
                        .formatted(
                                rival.name(),
                                rival.seconds(),
                                rival.peakMb(),
                                row.ratio(rival),
                                number(rival.isBatched() ? row.wantedBatched() : row.wanted()),
                                rival.agrees() ? "" : "; OTHER NUMBERS: %.1e apart".formatted(rival.gap())));
            }
        }
        return lines;
    }

    /// A page of Markdown.
    ///
    /// @param machine what it was measured on
    /// @param date the day, as in 2026-11-24
    public static String page(Result result, String machine, String date) {
        StringBuilder page = new StringBuilder("""
            # Cutaway beside TransformerLens and nnsight

            Written by `./cutaway bench --peers`, which asks all three the same by turns, each in a process of its own, with the same float32
            weights of SmolLM2-135M; medians of three. A time counts only where the numbers agree within 1e-4 of the largest.

            """);
        page.append("%s, %s. Cutaway %s; %s.%n%n"
                .formatted(
                        date,
                        machine,
                        result.version(),
                        String.join(
                                "; ",
                                result.rivals().stream()
                                        .map(rival -> "%s %s on torch %s, %s"
                                                .formatted(
                                                        rival.path("rival").asString(),
                                                        rival.path("version").asString(),
                                                        rival.path("torch").asString(),
                                                        rival.path("threads").asInt() == 1
                                                                ? "one thread, the fastest"
                                                                : rival.path("threads")
                                                                                .asInt() + " threads, the fastest"))
                                        .toList())));
        page.append("| task | | seconds | × | wanted | MB beyond the weights | edits run |\n");
        page.append("|---|---|---|---|---|---|---|\n");
        for (Row row : result.rows()) {
            page.append("| %s | **Cutaway** | %s | | %s | %.0f | all |%n"
                    .formatted(
                            row.label(),
                            number(row.cutaway().seconds()),
                            row.verdict(),
                            row.cutaway().peakMb()));
            for (Score rival : row.rivals()) {
                page.append("| | %s | %s | %s | %s | %.0f | %s |%n"
                        .formatted(
                                rival.name(),
                                number(rival.seconds()),
                                rival.agrees() ? number(row.ratio(rival)) : "other numbers",
                                number(rival.isBatched() ? row.wantedBatched() : row.wanted()),
                                rival.peakMb(),
                                rival.asked() == rival.of() ? "all" : rival.asked() + " of " + rival.of()));
            }
        }
        page.append("""

            - *Documented*: the rival's own function as its manual uses it (`patching.get_act_patch_*`; a trace an edit). *Batched*: as an expert of
              that library would write it, many edits as rows of one forward; at least 3 × is wanted there.
            - Where not all edits were run, the time is scaled to all: each costs the same, what comes before them is counted once. `--whole`
              runs all.
            - *Wanted* of memory: at most half of TransformerLens' documented function, beyond what each held before the task.
            - Each library takes the kernels that it has for the processor: variables such as OPENBLAS_CORETYPE and MKL_ENABLE_INSTRUCTIONS,
              where the environment has them, are not passed on to any.
            - The pairs: "When Mary and John …" against "After Mary and John …", which differ from the first token on, so that nothing can be
              shared; README's pair, which differs from the tenth on; and 64 tokens of a story that differ from the first on.
            """);
        return page.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
