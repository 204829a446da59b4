package cutaway.cli.bench;

import cutaway.interp.edit.Edit;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.generation.Generated;
import cutaway.model.generation.Generator;
import cutaway.model.generation.Request;
import cutaway.model.generation.Sampling;
import cutaway.model.generation.Taps;
import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.GgufTensor;
import cutaway.model.parts.Tap;
import cutaway.tensor.Dtype;
import cutaway.tensor.ProcessMemory;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// What Cutaway measures of itself, in a process that does nothing else.
public final class Measurements {

    private static final int WARM_UP = 5;
    private static final int REPEATS = 15;
    private static final int PAIRS = 41;
    private static final int DECODE_REPEATS = 3;
    private static final int OPENINGS = 5;

    /// Numbers that are unpacked at a time: a tile of a packed product.
    private static final long UNPACKED = 2 << 20;

    private Measurements() {}

    /// @param firstPeakMb VmHWM after the model was opened and run once, MB of 10^6 bytes; 0 where the system does
    ///     not tell
    /// @param top ids of the last position's five most likely tokens, to see that both sides compute the same
    public record Forward(double medianMs, double minMs, double firstPeakMb, List<Long> top) {}

    /// @param gbPerSecond of weights that were streamed
    public record Decode(double tokensPerSecond, double gbPerSecond, List<Integer> ids) {}

    /// @param openMs until the model was ready to run, tokenizer and all: the median of a few in one process
    public record Opening(double openMs) {}

    /// Opens the model again and again; the first time warms up.
    public static Opening opening(Supplier<Model> open) {
        double[] times = new double[OPENINGS];
        for (int i = -1; i < OPENINGS; i++) {
            long start = System.nanoTime();
            open.get().close();
            if (i >= 0) {
                times[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        return new Opening(median(times));
    }

    /// @param gbPerSecond of float32 that come out, on all cores: the best of a few passes over the whole file
    public record Unpacking(double gbPerSecond) {}

    /// Unpacks every matrix of a GGUF file into one buffer that is used again and again.
    public static Unpacking unpacking(Path path) {
        try (GgufFile file = GgufFile.open(path);
                Tensor buffer = Tensor.uninitialised(Dtype.F32, new Shape(UNPACKED))) {
            List<GgufTensor> matrices = file.names().stream()
                    .map(file::tensor)
                    .filter(tensor -> tensor.shape().size() == 2)
                    .toList();
            double best = 0;
            for (int i = 0; i < REPEATS; i++) {
                long start = System.nanoTime();
                long elements = 0;
                for (GgufTensor tensor : matrices) {
                    long rows = tensor.shape().getFirst();
                    long some = Math.max(1, UNPACKED / tensor.rowElements());
                    for (long row = 0; row < rows; row += some) {
                        tensor.unpackRows(row, Math.min(some, rows - row), buffer.data());
                    }
                    elements += tensor.elements();
                }
                best = Math.max(best, (double) elements * Float.BYTES / (System.nanoTime() - start));
            }
            return new Unpacking(best);
        }
    }

    /// A forward pass over all logits of some tokens.
    public static Forward forward(Supplier<Model> open, int[] ids) {
        try (Model model = open.get()) {
            Batch batch = Batch.of(ids);
            List<Long> top = Scope.free(() -> top(model.forward(batch, Tap.NONE)));
            double peak = ProcessMemory.peakMb();
            double[] times = new double[REPEATS];
            for (int i = -WARM_UP; i < REPEATS; i++) {
                double time = forwardMs(model, batch);
                if (i >= 0) {
                    times[i] = time;
                }
            }
            return new Forward(median(times), Arrays.stream(times).min().orElseThrow(), peak, top);
        }
    }

    /// @param keptMs median forward pass with all weights kept unpacked
    /// @param packedMs the same with none kept: each is unpacked when it is used
    public record Packed(double keptMs, double packedMs) {}

    /// Forward passes of one model opened in two ways, by turns: what else the machine does falls on both.
    public static Packed packed(Supplier<Model> openKept, Supplier<Model> openPacked, int[] ids) {
        try (Model kept = openKept.get();
                Model packed = openPacked.get()) {
            Batch batch = Batch.of(ids);
            double[] keptMs = new double[PAIRS];
            double[] packedMs = new double[PAIRS];
            for (int i = -WARM_UP; i < PAIRS; i++) {
                double one = forwardMs(kept, batch);
                double other = forwardMs(packed, batch);
                if (i >= 0) {
                    keptMs[i] = one;
                    packedMs[i] = other;
                }
            }
            return new Packed(median(keptMs), median(packedMs));
        }
    }

    private static double forwardMs(Model model, Batch batch) {
        long start = System.nanoTime();
        Scope.free(() -> model.forward(batch, Tap.NONE).dim(0));
        return (System.nanoTime() - start) / 1e6;
    }

    /// The largest difference of two courses, step by step, as a share of theirs; infinite where one is shorter.
    static double gap(List<Double> ours, List<Double> theirs) {
        double gap = ours.size() == theirs.size() ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            gap = Math.max(gap, Math.abs(ours.get(i) - theirs.get(i)) / Math.abs(theirs.get(i)));
        }
        return gap;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// @param openMs until the model was ready to run
    /// @param forwardMs of 32 tokens, with every residual stream captured and a head's output set to zero
    /// @param peakMb VmHWM, MB of 10^6 bytes
    /// @param fileMb size of the file, which is mapped and so counts in the peak
    public record Large(double openMs, double forwardMs, double peakMb, double fileMb) {}

    /// A 7B model in Q4_K_M; the file is written on the first use.
    public static Large large(Path folder, Function<Path, Model> open) {
        Path file = LargeModel.file(folder);
        long start = System.nanoTime();
        try (Model model = open.apply(file)) {
            long opened = System.nanoTime();
            int[] ids = IntStream.range(0, 32).map(i -> 100 + i * 7919 % 30_000).toArray();
            List<Site> streams = IntStream.range(0, model.sizes().layers())
                    .mapToObj(layer -> (Site) new Site.Resid(layer, Site.Moment.POST))
                    .toList();
            List<Edit> edits = List.of(new Edit.Zero(new Site.Head(3, 5, Site.HeadPart.Z), Positions.LAST));
            try (Trace trace = Runs.run(model, Batch.of(ids), edits, streams)) {
                if (!trace.logits().isFinite().all()) {
                    throw new IllegalStateException("logits that are no numbers");
                }
            }
            return new Large(
                    (opened - start) / 1e6,
                    (System.nanoTime() - opened) / 1e6,
                    ProcessMemory.peakMb(),
                    Files.size(file) / 1e6);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Long> top(Tensor logits) {
        Tensor last = logits.select(0, 0).select(0, logits.dim(1) - 1);
        return Arrays.stream(last.top(5).indices().toLongs()).boxed().toList();
    }

    /// Greedy generation after a prompt; the best of a few.
    public static Decode decode(Supplier<Model> open, List<Integer> prompt, int tokens) {
        try (Model model = open.get()) {
            Request request = new Request(prompt, tokens, Sampling.GREEDY, Set.of());
            Decode best = new Decode(0, 0, List.of());
            for (int i = 0; i < DECODE_REPEATS; i++) {
                Generated generated = Generator.generate(model, request, Taps.NONE, id -> {});
                if (generated.tokensPerSecond() > best.tokensPerSecond) {
                    double bytes = model.transformer().bytesPerToken();
                    best = new Decode(
                            generated.tokensPerSecond(), generated.tokensPerSecond() * bytes * 1e-9, generated.ids());
                }
            }
            return best;
        }
    }
}
