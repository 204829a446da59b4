package cutaway.cli.bench;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.generation.Generated;
import cutaway.model.generation.Generator;
import cutaway.model.generation.Request;
import cutaway.model.generation.Sampling;
import cutaway.model.generation.Taps;
import cutaway.model.parts.Tap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// What Cutaway measures of itself, in a process that does nothing else.
public final class Measurements {

    private static final int WARM_UP = 5;
    private static final int REPEATS = 15;
    private static final int DECODE_REPEATS = 3;

    private Measurements() {}

    /// @param firstPeakMb VmHWM after the model was opened and run once, MB of 10^6 bytes; 0 where the system does
    ///     not tell
    /// @param top ids of the last position's five most likely tokens, to see that both sides compute the same
    public record Forward(double medianMs, double minMs, double firstPeakMb, List<Long> top) {}

    /// @param gbPerSecond of weights that were streamed
    public record Decode(double tokensPerSecond, double gbPerSecond, List<Integer> ids) {}

    /// A forward pass over all logits of some tokens.
    public static Forward forward(Supplier<Model> open, int[] ids) {
        try (Model model = open.get()) {
            Batch batch = Batch.of(ids);
            List<Long> top = Scope.free(() -> top(model.forward(batch, Tap.NONE)));
            double peak = peakMb();
            List<Double> times = new ArrayList<>();
            for (int i = -WARM_UP; i < REPEATS; i++) {
                long start = System.nanoTime();
                Scope.free(() -> model.forward(batch, Tap.NONE).dim(0));
                if (i >= 0) {
                    times.add((System.nanoTime() - start) / 1e6);
                }
            }
            double[] sorted = times.stream().mapToDouble(time -> time).sorted().toArray();
            return new Forward(sorted[sorted.length / 2], sorted[0], peak, top);
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

    /// The most memory that this process ever held, MB of 10^6 bytes; 0 where the system does not tell.
    private static double peakMb() {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / 1e6)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
