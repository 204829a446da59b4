package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Nothing that an operation allocates outside of the Java heap stays behind: neither tensors nor the small helpers
/// (scalars, options, lists) that carry arguments, which no garbage collector frees here.
class NativeMemoryTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int CALLS = 10_000;

    /// malloc gives the smallest helper 32 bytes: forgotten at every call it makes 320 kB.
    private static final long BOUND = 160_000;

    private static final Optional<MemorySegment> MALLINFO2 =
            Linker.nativeLinker().defaultLookup().find("mallinfo2");

    @BeforeAll
    static void needsProc() {
        Assumptions.assumeTrue(Files.exists(STATUS), "resident memory is read from " + STATUS);
    }

    @Test
    void trainingStepsAndRefusalsLeaveNothingBehind() {
        Random random = new Random(1);
        try (Scope scope = Scope.open()) {
            Tensor weight = random.normal(64, 32);
            Tensor input = random.normal(13, 32);
            for (int i = 0; i < 200; i++) {
                step(weight, input);
            }
            long live = Tensor.live();
            long before = resident();
            for (int i = 0; i < 1000; i++) {
                step(weight, input);
            }
            assertEquals(live, Tensor.live());
            long grown = resident() - before;
            assertTrue(grown < 20 << 20, grown + " bytes more are resident");
        }
    }

    /// A gradient, a native refusal with tensors in flight, and an exception of the caller's own.
    private static void step(Tensor weight, Tensor input) {
        Tensor slope = Scope.keep(() -> {
            Tensor w = Autograd.track(weight);
            Tensor loss = input.linear(w, null)
                    .silu()
                    .softmax(-1)
                    .log()
                    .mean(-1, false)
                    .sum();
            return Autograd.gradients(loss, List.of(w)).getFirst();
        });
        assertEquals(weight.shape(), slope.shape());
        slope.close();
        assertThrows(
                IllegalArgumentException.class,
                () -> Scope.keep(() -> input.exp().matmul(weight)));
        assertThrows(
                UnsupportedOperationException.class,
                () -> Scope.keep(() -> {
                    Autograd.track(input).exp().sum();
                    throw new UnsupportedOperationException("the caller's own");
                }));
    }

    /// malloc's own count of bytes in use, where glibc tells it: resident memory hides small leaks, which fill holes.
    /// The JVM's own share grows now and then; what an operation forgets is there in every round.
    @ParameterizedTest
    @MethodSource("names")
    void operationForgetsNothing(String name) throws Throwable {
        Assumptions.assumeTrue(MALLINFO2.isPresent(), "glibc 2.33 or newer counts what malloc gave away");
        Consumer<Tensor[]> operation = OPERATIONS.get(name);
        try (Scope scope = Scope.open()) {
            Tensor[] t = {
                new Random(2).normal(3, 3),
                new Random(3).uniform(3, 3).plus(1),
                Tensor.of(new long[] {2, 0, 1}),
                Tensor.of(new boolean[] {true, false, true}),
                new Random(4).normal(3),
                Tensor.zeros(4, 2)
            };
            long live = Tensor.live();
            int calls = name.startsWith("refused") ? CALLS / 50 : CALLS;
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 12 && least > BOUND * calls / CALLS; round++) {
                long before = allocated();
                for (int i = 0; i < calls / 50; i++) {
                    fiftyTimes(operation, t);
                }
                least = Math.min(least, allocated() - before);
                if (least > BOUND) {
                    Thread.sleep(100); // the JVM's compilers allocate too: let them finish
                }
            }
            assertEquals(live, Tensor.live());
            assertTrue(
                    least <= BOUND * calls / CALLS,
                    calls + " calls leave at least " + least + " bytes behind in every round");
        }
    }

    private static void fiftyTimes(Consumer<Tensor[]> operation, Tensor[] operands) {
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < 50; i++) {
                operation.accept(operands);
            }
        }
    }

    static Set<String> names() {
        return OPERATIONS.keySet();
    }

    private static final Map<String, Consumer<Tensor[]>> OPERATIONS = new LinkedHashMap<>();

    static {
        on("of", t -> Tensor.of(new double[] {1, 2}));
        on("full", t -> Tensor.full(1, Dtype.I64, 2));
        on("cat", t -> Tensor.cat(List.of(t[0], t[1]), 0));
        on("stack", t -> Tensor.stack(List.of(t[0], t[1]), 0));
        on("where", t -> Tensor.where(t[3], t[0], t[1]));
        on("data", t -> t[0].copy().data());
        on("toFloats", t -> t[0].toFloats());
        on("item", t -> t[0].sum().item());
        on("bitsEqual", t -> t[0].bitsEqual(t[1]));
        on("plus", t -> t[0].plus(t[1]).minus(t[0]).times(t[1]).over(t[1]).maximum(t[0]));
        on("plus a number", t -> t[0].plus(2).minus(2).times(2).over(2).pow(2));
        on("negate", t -> t[0].negate().abs().square().sqrt().rsqrt());
        on("exp", t -> t[1].exp().log().sin().cos().tanh().sigmoid());
        on("relu", t -> t[0].relu().silu().geluTanh());
        on("gelu", t -> t[0].gelu());
        on("matmul", t -> t[0].matmul(t[1]));
        on("linear", t -> t[0].linear(t[1], null));
        on("linear with bias", t -> t[0].linear(t[1], t[4]));
        on("dot", t -> t[0].dot(t[1]));
        on("norm", t -> t[0].norm());
        on("sum", t -> t[0].sum());
        on("sum of an axis", t -> t[0].sum(0, true));
        on("mean", t -> t[0].mean());
        on("mean of an axis", t -> t[0].mean(0, true));
        on("max", t -> t[0].max(0, true));
        on("argmax", t -> t[0].argmax(0));
        on("top", t -> t[0].top(2));
        on("cumulativeSum", t -> t[0].cumulativeSum(0));
        on("softmax", t -> t[0].softmax(0).logSoftmax(0));
        on(
                "less",
                t -> t[0].less(t[1])
                        .and(t[0].greater(t[1]))
                        .or(t[0].equalTo(t[1]))
                        .not());
        on("lessOrEqual", t -> t[0].lessOrEqual(t[1]));
        on("greater than a number", t -> t[0].greater(0).equalTo(0));
        on("all", t -> t[0].isFinite().all());
        on("maskedFill", t -> t[0].maskedFill(t[3], 1));
        on("reshape", t -> t[0].reshape(9).expand(2, 9).permute(1, 0).transpose(0, 1));
        on("unsqueeze", t -> t[0].unsqueeze(0).squeeze(0));
        on("slice", t -> t[0].slice(0, 1, 2).select(0, 0));
        on("gatherRows", t -> t[0].gatherRows(0, t[2]));
        on("scatter", t -> t[4].scatter(0, t[2], t[4]));
        on("gather", t -> t[4].gather(0, t[2]));
        on("replaceRows", t -> t[0].replaceRows(0, t[2], t[1]));
        on("contiguous", t -> t[0].transpose(0, 1).contiguous());
        on("to", t -> t[0].to(Dtype.BF16).to(Dtype.F64).to(Dtype.BOOL));
        on("assign", t -> t[0].copy().assign(t[1]));
        on("track", t -> Autograd.untracked(Autograd.track(t[0])));
        on("gradients", t -> {
            Tensor x = Autograd.track(t[0]);
            Autograd.gradients(x.sum(), List.of(x, t[1]));
        });
        on("svd", t -> LinearAlgebra.svd(t[0]));
        on("qr", t -> LinearAlgebra.qr(t[0]));
        on("eigh", t -> LinearAlgebra.eigh(t[0]));
        on("solve", t -> LinearAlgebra.solve(t[0], t[1]));
        on("refused product", t -> refused(() -> t[0].matmul(t[5])));
        on("refused list", t -> refused(() -> Tensor.cat(List.of(t[0], t[5]), 0)));
        on("refused axis", t -> refused(() -> t[0].sum(7, true)));
        on("refused number", t -> refused(() -> t[2].maskedFill(t[2], 1)));
    }

    private static void on(String name, Consumer<Tensor[]> operation) {
        OPERATIONS.put(name, operation);
    }

    private static void refused(Runnable body) {
        assertThrows(IllegalArgumentException.class, body::run);
    }

    /// `uordblks + hblkhd` of `struct mallinfo2`, ten `size_t`: blocks in use, and those large enough for a mapping.
    private static long allocated() throws Throwable {
        MemoryLayout struct = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG));
        MethodHandle mallinfo2 =
                Linker.nativeLinker().downcallHandle(MALLINFO2.orElseThrow(), FunctionDescriptor.of(struct));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = (MemorySegment) mallinfo2.invokeExact((SegmentAllocator) arena);
            return info.getAtIndex(ValueLayout.JAVA_LONG, 7) + info.getAtIndex(ValueLayout.JAVA_LONG, 4);
        }
    }

    private static long resident() {
        System.gc();
        try {
            return Files.readAllLines(STATUS).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow()
                    * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
