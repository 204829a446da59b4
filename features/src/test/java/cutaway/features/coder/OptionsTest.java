package cutaway.features.coder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every number of every settings record, found by reflection, changes what is trained.
class OptionsTest {

    private static final int STEPS = 12;

    static Stream<Arguments> everyOption() {
        Sparsity.BatchTopK batchTopK = new Sparsity.BatchTopK(1.5);
        List<CoderSettings> bases = List.of(
                of(new Sparsity.Relu(0.2, 1, 0.6, 5)),
                of(new Sparsity.Gated(0.2)),
                of(new Sparsity.TopK(2, true, 1, 0.1)),
                of(batchTopK),
                of(new Sparsity.Matryoshka(batchTopK, List.of(5, 12), true)),
                of(new Sparsity.JumpRelu(new Sparsity.Penalty.Step(), 0.2, 0.05, 0.1, false, 0.1)),
                of(new Sparsity.JumpRelu(new Sparsity.Penalty.Tanh(4), 0.2, 0.2, 0.1, false, 0.1)),
                of(new Sparsity.JumpRelu(new Sparsity.Penalty.Quadratic(3), 0.2, 0.2, 0.1, false, 0.1)),
                of(batchTopK).with(new Wiring.Transcoder(false)),
                of(batchTopK).with(new Wiring.CrossLayer(2)),
                of(batchTopK).with(new Wiring.Crosscoder(2)),
                of(batchTopK).with(new Wiring.Archetypal(10, 0.001)),
                of(batchTopK).with(new Start(0.1, Start.Bias.MEAN)));
        List<Arguments> all = new ArrayList<>();
        for (CoderSettings base : bases) {
            for (Object changed : variants(base)) {
                all.add(Arguments.of(base, changed));
            }
        }
        return all.stream();
    }

    private static CoderSettings of(Sparsity sparsity) {
        return new CoderSettings(sparsity).deadAfter(2);
    }

    /// Each record that differs from this one in one number.
    private static List<Object> variants(Record of) {
        try {
            RecordComponent[] parts = of.getClass().getRecordComponents();
            Object[] values = new Object[parts.length];
            for (int i = 0; i < parts.length; i++) {
                var accessor = parts[i].getAccessor();
                accessor.setAccessible(true);
                values[i] = accessor.invoke(of);
            }
            Constructor<?> constructor = of.getClass()
                    .getDeclaredConstructor(
                            Arrays.stream(parts).map(RecordComponent::getType).toArray(Class[]::new));
            constructor.setAccessible(true);
            List<Object> all = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                for (Object other : others(values[i])) {
                    Object[] changed = values.clone();
                    changed[i] = other;
                    all.add(constructor.newInstance(changed));
                }
            }
            return all;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static List<?> others(Object value) {
        return switch (value) {
            case Double number -> List.of(number * 0.7 + 0.02);
            case Integer number -> List.of(2 * number);
            case Boolean flag -> List.of(!flag);
            case Start.Bias bias ->
                Stream.of(Start.Bias.values()).filter(other -> other != bias).toList();
            case List<?> _ -> List.of(List.of(3, 12), List.of(5));
            case Record inner -> variants(inner);
            default -> throw new AssertionError("no variant of " + value);
        };
    }

    @ParameterizedTest
    @MethodSource("everyOption")
    void everyOptionChangesSomething(CoderSettings base, CoderSettings changed) {
        assertFalse(Arrays.equals(outcome(base), outcome(changed)), base + " against " + changed);
    }

    /// The same settings twice give the same; another seed gives another.
    @Test
    void outcomesDependOnSettingsAndSeedAlone() {
        CoderSettings settings = of(new Sparsity.TopK(3));
        assertArrayEquals(outcome(settings), outcome(settings));
        assertFalse(Arrays.equals(first(settings, 1), first(settings, 2)));
    }

    private static double[] first(CoderSettings settings, long seed) {
        CoderCase of = new CoderCase("", settings, 8, 8, Set.of());
        try (Coder coder = of.create(seed, Dtype.F64)) {
            return coder.parameters().get(Maps.DECODER).toDoubles();
        }
    }

    /// What the dictionary makes of a batch after some steps, its weights, and how many latents count as dead of
    /// those that were silent for 0 to 23 steps.
    private static double[] outcome(CoderSettings settings) {
        CoderCase of = new CoderCase("", settings, 8, 8, Set.of());
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64)) {
            Tensor silent = coder.buffers().get(LinearCoder.SILENT);
            silent.assign(Tensor.range(0, CoderCase.WIDTH));
            double[] dead = {coder.deadShare()};
            silent.assign(silent.times(0));
            CoderCase.train(coder, of, STEPS, 0.1);
            try (Dictionary dictionary = coder.dictionary(new Origin("", List.of(), List.of(), Map.of()))) {
                double[] output = dictionary.reconstruct(of.x(9)).toDoubles();
                double[] weights = dictionary.weights().encoder().toDoubles();
                return Stream.of(output, weights, dead)
                        .flatMapToDouble(Arrays::stream)
                        .toArray();
            }
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        Tensor x = new CoderCase("", of(new Sparsity.TopK(3)), 8, 8, Set.of()).x(0);
        try (x) {
            refused("k = 40 of 24", () -> of(new Sparsity.TopK(40)).create(24, 1, x, x));
            refused("widths", () -> of(new Sparsity.Matryoshka(2, List.of(48))).create(24, 1, x, x));
            refused(
                    "3 sites",
                    () -> of(new Sparsity.TopK(3))
                            .with(new Wiring.Crosscoder(3))
                            .create(24, 1, x, x));
            refused(
                    "3 layers",
                    () -> of(new Sparsity.TopK(3))
                            .with(new Wiring.CrossLayer(3))
                            .create(24, 1, x, x));
            refused(
                    "points",
                    () -> of(new Sparsity.TopK(3))
                            .with(new Wiring.Archetypal(90, 0))
                            .create(24, 1, x, x));
            refused("rising", () -> new Sparsity.Matryoshka(2, List.of(5, 5)));
        }
    }

    private static void refused(String what, org.junit.jupiter.api.function.Executable body) {
        long live = Tensor.live();
        String message = assertThrows(BadInputException.class, body).getMessage();
        assertTrue(message.contains(what), message);
        assertTrue(Tensor.live() == live, what + " left " + (Tensor.live() - live) + " tensors");
    }
}
