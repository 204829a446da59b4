package cutaway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import cutaway.model.parts.Tap;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class Float64Test {

    private static final int[] IDS = {3, 41, 59, 26, 5, 88, 13};

    static Stream<String> families() {
        return TransformersAgreementTest.all();
    }

    /// Against loops over doubles: a table, constant or step in float32 would leave 1e-8.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void logitsAreThoseOfPlainLoops(String name) {
        try (Model model = open(name, Arithmetic.F64);
                PlainLoops loops = new PlainLoops(Golden.folder(name));
                Scope scope = Scope.open()) {
            double[][] expected = name.equals("llama") ? loops.llama(IDS) : loops.gpt2(IDS);
            double[] actual = model.logits(IDS).toDoubles();
            int vocab = model.sizes().vocab();
            for (int pos = 0; pos < IDS.length; pos++) {
                double error = 0;
                double norm = 0;
                for (int id = 0; id < vocab; id++) {
                    error += Math.pow(actual[pos * vocab + id] - expected[pos][id], 2);
                    norm += Math.pow(expected[pos][id], 2);
                }
                assertEquals(0, Math.sqrt(error / norm), 1e-13, "position " + pos);
            }
        }
    }

    /// Every value of a run is float64, and what float32 makes it but for float32's noise, at each position.
    @ParameterizedTest
    @MethodSource("families")
    void everyActivationIsThatOfFloat32MadeFiner(String name) {
        try (Model fine = open(name, Arithmetic.F64);
                Model coarse = open(name, Arithmetic.F32);
                Scope scope = Scope.open()) {
            Map<Point, Tensor> expected = seen(coarse);
            Map<Point, Tensor> found = seen(fine);
            assertEquals(expected.keySet(), found.keySet());
            double farthest = 0;
            for (Map.Entry<Point, Tensor> entry : found.entrySet()) {
                String where = entry.getKey().toString();
                assertEquals(Dtype.F64, entry.getValue().dtype(), where);
                Tensor a = finite(entry.getKey(), entry.getValue());
                Tensor b = finite(entry.getKey(), expected.get(entry.getKey())).to(Dtype.F64);
                Tensor error = a.minus(b).square().sum(-1, true).sqrt();
                Tensor size = b.square().sum(-1, true).sqrt();
                double worst =
                        error.over(size.plus(1e-30)).reshape(-1).max(0, false).item();
                assertTrue(worst < 1e-5, where + ": " + worst);
                farthest = Math.max(farthest, worst);
            }
            assertTrue(farthest > 1e-9, "float32 has no noise here: " + farthest);
        }
    }

    /// Masked scores are -inf in both. All scores of a head count as one value: the first query's is alone, and may be
    /// a small difference of large products.
    private static Tensor finite(Point point, Tensor value) {
        Tensor finite = value.maskedFill(value.equalTo(Double.NEGATIVE_INFINITY), 0);
        return point.kind() == Kind.SCORES ? finite.reshape(finite.dim(0), finite.dim(1), -1) : finite;
    }

    /// Of two prompts of different lengths, padded.
    private static Map<Point, Tensor> seen(Model model) {
        Map<Point, Tensor> seen = new LinkedHashMap<>();
        int[] shorter = {3, 41, 59, 26, 5, 28, 13};
        int[] longer = {3, 41, 59, 26, 5, 58, 13, 7, 7, 60, 2, 19, 35};
        model.forward(Batch.of(List.of(shorter, longer), Batch.Side.RIGHT), new Tap() {
            @Override
            public Tensor at(Point point, Tensor value) {
                Scope.free(() -> seen.put(point, Scope.detach(value.copy())));
                return value;
            }

            @Override
            public boolean wantsResult(int layer) {
                return layer == 1;
            }
        });
        return seen;
    }

    /// Far on, an angle in float32 is off by 1e-4.
    @Test
    void anglesHaveAllTheirDigits() {
        try (Scope scope = Scope.open()) {
            Rotary rotary = new Rotary(10_000, 8, RotaryScaling.NONE);
            Rotary.Angles angles = rotary.at(Tensor.of(new long[] {0, 1, 60, 2047}, 1, 4), Dtype.F64);
            double[] cos = angles.cos().toDoubles();
            double[] sin = angles.sin().toDoubles();
            int[] positions = {0, 1, 60, 2047};
            for (int at = 0; at < positions.length; at++) {
                for (int i = 0; i < 4; i++) {
                    double angle = positions[at] * Math.pow(10_000, -2.0 * i / 8);
                    assertEquals(Math.cos(angle), cos[8 * at + i], 1e-12);
                    assertEquals(-Math.sin(angle), sin[8 * at + i], 1e-12);
                }
            }
        }
    }

    private static Model open(String name, Arithmetic arithmetic) {
        return Model.open(Golden.folder(name), WeightOptions.in(arithmetic));
    }
}
