package cutaway.lab.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VisionTransformerTest {

    private static final Input.Image IMAGE = new Input.Image(2, 4, 6);
    private static final VisionTransformer NET = new VisionTransformer(2, 2, 8, 2);

    private final Map<String, Tensor> parameters =
            new Start(Start.Kind.FAN_IN, 1).tensors(NET.parameters(IMAGE), List.of(3L, 5L), Dtype.F64);

    @AfterEach
    void close() {
        parameters.values().forEach(Tensor::close);
    }

    private static Tensor images() {
        return new Random(7).normal(2, 3, 2, 4, 6).to(Dtype.F64); // [instance, n, channels, height, width]
    }

    private static double apart(Tensor a, Tensor b) {
        return a.minus(b).reshape(-1).abs().max(0, false).item();
    }

    /// Of an image whose pixels are 0, 1, 2, ..., by hand; the map of patches is the identity.
    @Test
    void aPatchIsItsPixelsRowByRowOfOneChannelAfterAnother() {
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> plain = new HashMap<>(parameters);
            Tensor eye =
                    Tensor.range(0, 8).unsqueeze(1).equalTo(Tensor.range(0, 8).unsqueeze(0));
            plain.put("patches.weight", eye.to(Dtype.F64).unsqueeze(0).expand(2, 8, 8));
            plain.put("patches.bias", Tensor.full(0, Dtype.F64, 2, 8));
            plain.put("positions.weight", Tensor.full(0, Dtype.F64, 2, 6, 8));
            Tensor x = Tensor.range(0, 2 * 48).to(Dtype.F64).reshape(2, 1, 2, 4, 6);
            Map<String, Tensor> seen = new HashMap<>();
            NET.forward(plain, x, (name, value) -> {
                seen.put(name, value);
                return value;
            });
            double[] last =
                    seen.get("patches").select(0, 1).select(0, 0).select(0, 4).toDoubles();
            assertArrayEquals(new double[] {62, 63, 68, 69, 86, 87, 92, 93}, last); // of the second instance
            assertArrayEquals(
                    new long[] {2, 1, 6, 8},
                    seen.get("final_normalized").shape().dims());
        }
    }

    @Test
    void instancesRunTogetherAsAlone() {
        try (Scope _ = Scope.open()) {
            Tensor x = images();
            Tensor both = NET.forward(parameters, x, Tap.NONE);
            for (int i = 0; i < 2; i++) {
                Map<String, Tensor> one = new HashMap<>();
                int at = i;
                parameters.forEach((name, value) -> one.put(name, value.slice(0, at, at + 1L)));
                Tensor alone = NET.forward(one, x.slice(0, i, i + 1L), Tap.NONE);
                assertTrue(apart(both.select(0, i), alone.select(0, 0)) < 1e-12);
            }
            assertTrue(apart(both.select(0, 0), both.select(0, 1)) > 0.1);
        }
    }

    /// Invariant: without positions, the order of patches says nothing; with them it does.
    @Test
    void positionsAloneTellPatchesApart() {
        try (Scope _ = Scope.open()) {
            Tensor x = images();
            Tensor swapped = Tensor.cat(List.of(x.slice(3, 2, 4), x.slice(3, 0, 2)), 3); // the two rows of patches
            assertTrue(apart(NET.forward(parameters, x, Tap.NONE), NET.forward(parameters, swapped, Tap.NONE)) > 1e-3);
            Map<String, Tensor> without = new HashMap<>(parameters);
            without.put("positions.weight", Tensor.full(0, Dtype.F64, 2, 6, 8));
            assertTrue(apart(NET.forward(without, x, Tap.NONE), NET.forward(without, swapped, Tap.NONE)) < 1e-12);
        }
    }

    /// A patch's vector depends on another patch, by attention alone.
    @Test
    void patchesSeeOneAnother() {
        try (Scope _ = Scope.open()) {
            Tensor x = images();
            Tensor other = Tensor.cat(List.of(x.slice(4, 0, 4), x.slice(4, 4, 6).times(-1)), 4); // the last column
            double[] before = first(x);
            double[] after = first(other);
            double most = IntStream.range(0, before.length)
                    .mapToDouble(i -> Math.abs(before[i] - after[i]))
                    .max()
                    .orElse(0);
            assertTrue(most > 1e-3, "moved by " + most);
        }
    }

    /// The vectors of the first patches.
    private double[] first(Tensor x) {
        double[][] seen = new double[1][];
        NET.forward(parameters, x, (name, value) -> {
            if (name.equals("final_normalized")) {
                seen[0] = value.select(2, 0).toDoubles();
            }
            return value;
        });
        return seen[0];
    }

    /// Central difference along a random direction.
    @Test
    void gradientsReachThePatchesAndPositions() {
        for (String name : List.of("patches.weight", "positions.weight", "blocks.1.attn.q.weight")) {
            try (Scope _ = Scope.open()) {
                Tensor x = images();
                Tensor at = parameters.get(name);
                Tensor v = new Random(2).normal(at.shape().dims()).to(Dtype.F64);
                double step = 1e-5;
                double slope = (loss(name, at.plus(v.times(step)), x).item()
                                - loss(name, at.minus(v.times(step)), x).item())
                        / (2 * step);
                Tensor tracked = Autograd.track(at);
                Tensor gradient = Autograd.gradients(loss(name, tracked, x), List.of(tracked))
                        .getFirst();
                double product = gradient.times(v).sum().item();
                assertEquals(slope, product, 1e-6 * Math.abs(slope), name);
            }
        }
    }

    private Tensor loss(String name, Tensor value, Tensor x) {
        Map<String, Tensor> with = new HashMap<>(parameters);
        with.put(name, value);
        Tensor y = NET.forward(with, x, Tap.NONE);
        return y.times(y).times(y).sum();
    }

    @Test
    void imagesThatPatchesDoNotCoverAreRefused() {
        String said = assertThrows(BadInputException.class, () -> NET.parameters(new Input.Image(1, 4, 5)))
                .getMessage();
        assertTrue(said.contains("4 by 5") && said.contains("divides both"), said);
        assertThrows(BadInputException.class, () -> NET.parameters(new Input.Numbers(5)));
        assertThrows(BadInputException.class, () -> new VisionTransformer(2, 1, 9, 2));
    }
}
