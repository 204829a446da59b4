package cutaway.cli.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// A forward pass, greedy decoding, a cold start and memory beside Hugging Face transformers; and what packed weights
/// cost.
public final class TransformersBench {

    private static final int FORWARD_TOKENS = 128;
    private static final int COLD_STARTS = 3;

    private final Rivals rivals;
    private final String file;
    private final boolean large;
    private final Consumer<String> progress;

    /// @param model a GGUF file
    /// @param large whether a model of 7B is measured too
    public TransformersBench(Rivals rivals, Path model, boolean large, Consumer<String> progress) {
        this.rivals = rivals;
        this.file = model.toString();
        this.large = large;
        this.progress = progress;
    }

    /// One line of the table.
    ///
    /// @param wanted which ratio of ours to theirs is wanted
    public record Line(
            String what, String unit, double ours, double theirs, double ratio, String wanted, boolean reached) {

        static Line atMost(double limit, String what, String unit, double ours, double theirs) {
            return new Line(what, unit, ours, theirs, ours / theirs, "at most " + limit, ours <= limit * theirs);
        }

        static Line atLeast(double limit, String what, String unit, double ours, double theirs) {
            return new Line(what, unit, ours, theirs, ours / theirs, "at least " + limit, ours >= limit * theirs);
        }
    }

    /// A number that has a limit of its own, with no rival.
    public record Own(String what, String unit, double measured, String wanted, boolean reached) {

        static Own atMost(double limit, String what, String unit, double measured) {
            return new Own(what, unit, measured, "at most %.4g".formatted(limit), measured <= limit);
        }

        static Own atLeast(double limit, String what, String unit, double measured) {
            return new Own(what, unit, measured, "at least %.4g".formatted(limit), measured >= limit);
        }
    }

    /// What `--json` prints: the table, and what lies behind it.
    ///
    /// @param busy the largest share of the machine that other processes used during one of the rival's
    ///     measurements
    public record Result(
            String version,
            String model,
            List<Line> lines,
            List<Own> own,
            double busy,
            double coldStartMs,
            JsonNode forward,
            JsonNode rivalForward,
            JsonNode decode,
            JsonNode rivalDecode,
            JsonNode rivalCold,
            JsonNode memory) {

        public boolean isReached() {
            return lines.stream().allMatch(Line::reached) && own.stream().allMatch(Own::reached);
        }
    }

    /// Each side in a process of its own, one after the other.
    ///
    /// @param version of Cutaway
    /// @param prompt whose next token is asked for after a cold start, and that is continued
    /// @param promptTokens its ids
    public Result run(String version, String prompt, int[] promptTokens) {
        String forwardIds = joined(IntStream.range(0, FORWARD_TOKENS).map(i -> 100 + i * 7919 % 40_000));
        String promptIds = joined(IntStream.of(promptTokens));
        progress.accept("memory");
        JsonNode memory = rivals.transformers("memory");
        progress.accept("forward of 128 tokens");
        JsonNode theirForward = rivals.transformers("forward", "--gguf", file, "--ids", forwardIds);
        JsonNode ourForward = rivals.cutaway("--part", "FORWARD", "--model", file, "--ids", forwardIds);
        progress.accept("greedy decoding");
        JsonNode theirDecode = rivals.transformers("decode", "--gguf", file, "--ids", promptIds);
        JsonNode ourDecode = rivals.cutaway("--part", "DECODE", "--model", file, "--ids", promptIds);
        progress.accept("cold start");
        JsonNode theirCold = rivals.transformers("cold", "--gguf", file, "--text", prompt);
        double ourCold = rivals.firstAnswerMs(file, prompt, COLD_STARTS);
        List<Line> lines = List.of(
                Line.atMost(
                        1.1,
                        "forward, 128 tokens",
                        "ms",
                        ourForward.path("medianMs").asDouble(),
                        theirForward.path("median_ms").asDouble()),
                Line.atMost(
                        1,
                        "peak memory of it",
                        "MB",
                        ourForward.path("firstPeakMb").asDouble(),
                        theirForward.path("first_peak_mb").asDouble()),
                Line.atLeast(
                        1.2,
                        "greedy decoding",
                        "tokens/s",
                        ourDecode.path("tokensPerSecond").asDouble(),
                        theirDecode.path("tokens_per_second").asDouble()),
                Line.atMost(
                        1,
                        "cold start to answer",
                        "ms",
                        ourCold,
                        theirCold.path("min_ms").asDouble()));
        double busy = List.of(theirForward, theirDecode, theirCold).stream()
                .mapToDouble(node -> node.path("busy").asDouble())
                .max()
                .orElse(0);
        return new Result(
                version,
                file,
                lines,
                own(forwardIds),
                busy,
                ourCold,
                ourForward,
                theirForward,
                ourDecode,
                theirDecode,
                theirCold,
                memory);
    }

    private List<Own> own(String forwardIds) {
        progress.accept("packed weights");
        List<Own> own = new ArrayList<>();
        JsonNode open = rivals.cutaway("--part", "OPEN", "--model", file);
        own.add(Own.atMost(1000, "opening the model", "ms", open.path("openMs").asDouble()));
        JsonNode packed = rivals.cutaway("--part", "PACKED", "--model", file, "--ids", forwardIds);
        own.add(Own.atMost(
                1.25,
                "forward, packed / unpacked",
                "",
                packed.path("packedMs").asDouble() / packed.path("keptMs").asDouble()));
        JsonNode unpack = rivals.cutaway("--part", "UNPACK", "--model", file);
        own.add(Own.atLeast(
                3, "unpacking, float32 out", "GB/s", unpack.path("gbPerSecond").asDouble()));
        if (large) {
            progress.accept("7B in Q4_K_M");
            JsonNode big = rivals.cutaway("--part", "LARGE");
            double fileMb = big.path("fileMb").asDouble();
            own.add(Own.atMost(3000, "7B: opening", "ms", big.path("openMs").asDouble()));
            own.add(Own.atMost(
                    fileMb + 2500, "7B: peak memory", "MB", big.path("peakMb").asDouble()));
        }
        return own;
    }

    private static String joined(IntStream numbers) {
        return numbers.mapToObj(String::valueOf).collect(Collectors.joining(","));
    }

    /// The table for a terminal.
    public static List<String> lines(Result result) {
        List<String> lines = new ArrayList<>();
        say(lines, "%-27s %10s %14s %8s  %-13s", "", "cutaway", "transformers", "ratio", "wanted");
        for (Line line : result.lines) {
            say(
                    lines,
                    "%-27s %10.1f %14.1f %8.2f  %-13s %s",
                    line.what + ", " + line.unit,
                    line.ours,
                    line.theirs,
                    line.ratio,
                    line.wanted,
                    line.reached ? "reached" : "MISSED");
        }
        for (Own line : result.own) {
            say(
                    lines,
                    "%-27s %10s %23s  %-13s %s",
                    line.unit.isEmpty() ? line.what : line.what + ", " + line.unit,
                    (line.measured < 10 ? "%.2f" : "%.1f").formatted(line.measured),
                    "",
                    line.wanted,
                    line.reached ? "reached" : "MISSED");
        }
        say(
                lines,
                "weights streamed while decoding: %.1f GB/s (transformers %.1f); this machine reads %.1f GB/s",
                result.decode.path("gbPerSecond").asDouble(),
                result.rivalDecode.path("weights_gb_s").asDouble(),
                result.memory.path("read_gb_s").asDouble());
        if (result.busy > 0.05) {
            say(
                    lines,
                    "other processes used %.0f %% of the machine meanwhile: measure again when it is quiet",
                    100 * result.busy);
        }
        return lines;
    }

    private static void say(List<String> lines, String format, Object... values) {
        lines.add(String.format(Locale.ROOT, format, values));
    }
}
