package cutaway.features.coder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// What every coder keeps.
class CoderLawsTest {

    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());
    private static final double EPS = 1e-7;

    /// A coder that has left its start: biases, thresholds and running values are no longer what they were.
    private static Coder trained(CoderCase of, Dtype dtype) {
        Coder coder = of.create(3, dtype);
        CoderCase.train(coder, of, 20, 0.05);
        return coder;
    }

    /// Central difference along a random v for each parameter: (L(p + e v) - L(p - e v)) / 2e = grad . v
    @ParameterizedTest
    @MethodSource("cutaway.features.coder.CoderCase#all")
    void gradientsAreSlopesOfTheLoss(CoderCase of) {
        try (Scope _ = Scope.open();
                Coder coder = trained(of, Dtype.F64)) {
            Tensor x = of.x(50);
            Tensor y = of.y(50);
            Map<String, Tensor> gradients = CoderCase.gradients(coder, x, y).gradients();
            for (String name : coder.parameters().keySet()) {
                Tensor p = coder.parameters().get(name);
                Tensor v = new Random(7).normal(p.shape().dims()).to(Dtype.F64);
                double slope =
                        (loss(coder, name, p.plus(v.times(EPS)), x, y) - loss(coder, name, p.minus(v.times(EPS)), x, y))
                                / (2 * EPS);
                double expected = gradients.get(name).dot(v);
                if (of.smoothed().contains(name)) {
                    assertEquals(0, slope, 1e-6, name + " has no slope of its own");
                } else {
                    assertEquals(slope, expected, 1e-6 * Math.max(1, Math.abs(slope)), name);
                }
                assertTrue(gradients.get(name).norm() > 1e-6, name + " has no gradient");
            }
        }
    }

    private static double loss(Coder coder, String name, Tensor moved, Tensor x, Tensor y) {
        return Scope.free(() -> {
            Map<String, Tensor> p = new LinkedHashMap<>(coder.parameters());
            p.put(name, moved);
            return coder.loss(p, x, y, 1).total().item();
        });
    }

    /// The folded dictionary reconstructs as the coder does: the same error of each token, as many codes.
    @ParameterizedTest
    @MethodSource("cutaway.features.coder.CoderCase#all")
    void dictionaryIsTheCoderAtItsThresholds(CoderCase of) {
        try (Scope _ = Scope.open();
                Coder coder = trained(of, Dtype.F64)) {
            Tensor x = of.x(50);
            Tensor y = of.y(50);
            Loss loss = coder.loss(coder.parameters(), x, y, 1);
            if (coder instanceof BatchTopKCoder) {
                double justBelow = loss.activity().least() * (1 - 1e-12);
                coder.buffers().get(BatchTopKCoder.THRESHOLD).assign(Tensor.full(justBelow, Dtype.F64));
            }
            try (Dictionary dictionary = coder.dictionary(NOWHERE)) {
                SparseRows codes = dictionary.encode(x);
                assertEquals(Arrays.stream(loss.activity().counts()).sum(), codes.values().length);
                double[] expected = loss.errors().toDoubles();
                double[] errors =
                        LinearCoder.errors(dictionary.decode(codes, x), y).toDoubles();
                for (int i = 0; i < errors.length; i++) {
                    assertEquals(expected[i], errors[i], 1e-12 * Math.max(1, expected[i]), "token " + i);
                }
                if (!(dictionary.activation() instanceof Activation.TopK(int _, boolean _))
                        && !(of.settings().wiring() instanceof Wiring.Crosscoder)) {
                    Arrays.stream(dictionary.decoderNorms()).forEach(norm -> assertEquals(1, norm, 1e-12));
                }
            }
        }
    }

    /// 200 steps of plain gradient descent on planted data.
    @ParameterizedTest
    @MethodSource("cutaway.features.coder.CoderCase#all")
    void lossFalls(CoderCase of) {
        try (Scope _ = Scope.open();
                Coder coder = of.create(3, Dtype.F64)) {
            double before = mean(coder, of);
            CoderCase.train(coder, of, 200, 0.1);
            double after = mean(coder, of);
            assertTrue(after < 0.6 * before, before + " before, " + after + " after");
        }
    }

    private static double mean(Coder coder, CoderCase of) {
        double sum = 0;
        for (int batch = 0; batch < 8; batch++) {
            int at = batch;
            sum += Scope.free(() -> coder.loss(coder.parameters(), of.x(at), of.y(at), 1)
                    .parts()
                    .get(Loss.RECONSTRUCTION)
                    .item());
        }
        return sum / 8;
    }

    @ParameterizedTest
    @MethodSource("cutaway.features.coder.CoderCase#all")
    void codesAreAsSparseAsPromised(CoderCase of) {
        try (Scope _ = Scope.open();
                Coder coder = trained(of, Dtype.F64)) {
            Loss loss = coder.loss(coder.parameters(), of.x(50), of.y(50), 1);
            long active = Arrays.stream(loss.activity().counts()).sum();
            switch (of.settings().sparsity()) {
                case Sparsity.TopK(int k, boolean _, double _, double _) -> {
                    assertTrue(active <= (long) k * CoderCase.TOKENS && active > 0.9 * k * CoderCase.TOKENS);
                    try (Dictionary dictionary = coder.dictionary(NOWHERE)) {
                        SparseRows codes = dictionary.encode(of.x(50));
                        for (int row = 0; row < codes.rows(); row++) {
                            assertTrue(codes.starts()[row + 1] - codes.starts()[row] <= k);
                        }
                    }
                }
                case Sparsity.BatchTopK(double k, boolean _, double _, double _) ->
                    assertEquals((int) (k * CoderCase.TOKENS), active);
                case Sparsity.Matryoshka(Sparsity.BatchTopK inner, List<Integer> _, boolean _) ->
                    assertEquals((int) (inner.k() * CoderCase.TOKENS), active);
                default -> assertTrue(active < CoderCase.TOKENS * CoderCase.WIDTH && active > 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cutaway.features.coder.CoderCase#all")
    void float32AgreesWithFloat64(CoderCase of) {
        try (Scope _ = Scope.open();
                Coder wide = trained(of, Dtype.F64);
                Coder narrow = of.create(3, Dtype.F32)) {
            narrow.parameters().forEach((name, p) -> p.assign(wide.parameters().get(name)));
            narrow.buffers().forEach((name, p) -> p.assign(wide.buffers().get(name)));
            var expected = CoderCase.gradients(wide, of.x(50), of.y(50));
            var found =
                    CoderCase.gradients(narrow, of.x(50).to(Dtype.F32), of.y(50).to(Dtype.F32));
            double loss = expected.loss().total().item();
            assertEquals(loss, found.loss().total().item(), 1e-5 * loss);
            expected.gradients().forEach((name, gradient) -> {
                double apart = gradient.minus(found.gradients().get(name).to(Dtype.F64))
                        .norm();
                assertTrue(apart < 1e-4 * Math.max(gradient.norm(), 0.01), name + ": " + apart);
            });
        }
    }

    /// A loss changes nothing; nothing native stays behind; parameters and buffers are all that a run depends on.
    @ParameterizedTest
    @MethodSource("cutaway.features.coder.CoderCase#all")
    void stateIsAllThereIs(CoderCase of) {
        long live = Tensor.live();
        try (Scope _ = Scope.open();
                Coder coder = trained(of, Dtype.F64);
                Coder other = of.create(8, Dtype.F64)) {
            other.parameters().forEach((name, p) -> p.assign(coder.parameters().get(name)));
            other.buffers().forEach((name, p) -> p.assign(coder.buffers().get(name)));
            long within = Tensor.live();
            Scope.free(() -> coder.loss(coder.parameters(), of.x(3), of.y(3), 0.5));
            CoderCase.train(coder, of, 9, 0.05);
            CoderCase.train(other, of, 9, 0.05);
            coder.dictionary(NOWHERE).close();
            assertEquals(within, Tensor.live());
            coder.parameters()
                    .forEach((name, p) ->
                            assertTrue(p.bitsEqual(other.parameters().get(name)), name));
            coder.buffers()
                    .forEach((name, p) -> assertTrue(p.bitsEqual(other.buffers().get(name)), name));
        }
        assertEquals(live, Tensor.live());
    }

    @ParameterizedTest
    @MethodSource("cutaway.features.coder.CoderCase#all")
    void settingsSurviveJson(CoderCase of) {
        JsonMapper mapper = new JsonMapper();
        String json = mapper.writeValueAsString(of.settings());
        assertEquals(of.settings(), mapper.readValue(json, CoderSettings.class), json);
    }

    /// Revived latents are active on the token that they were given, others stay as they were, and each row that
    /// was written is told.
    @ParameterizedTest
    @MethodSource("cutaway.features.coder.CoderCase#all")
    void revivedLatentsBeginAtTheirTokens(CoderCase of) {
        try (Scope _ = Scope.open();
                Coder coder = trained(of, Dtype.F64)) {
            int[] latents = {2, 13, 20};
            Map<String, double[]> before = new LinkedHashMap<>();
            coder.parameters().forEach((name, p) -> before.put(name, p.toDoubles()));
            Map<String, java.util.Set<Integer>> told = new LinkedHashMap<>();
            Tensor x = of.x(60).slice(0, 0, 3);
            Tensor y = of.y(60).slice(0, 0, 3);
            coder.revive(
                    latents,
                    x,
                    y,
                    (name, row) -> told.computeIfAbsent(name, _ -> new java.util.TreeSet<>())
                            .add(row));
            coder.parameters().forEach((name, p) -> {
                int rows = p.shape().rank() == 0 ? 1 : (int) p.dim(0);
                double[] after = p.toDoubles();
                int length = after.length / rows;
                for (int i = 0; i < after.length; i++) {
                    if (after[i] != before.get(name)[i]) {
                        assertTrue(told.getOrDefault(name, java.util.Set.of()).contains(i / length), name + " " + i);
                    }
                }
            });
            Maps maps = ((LinearCoder) coder).maps();
            double[] products = maps.products(coder.parameters(), x).toDoubles();
            Tensor out = y.minus(coder.parameters().get(Maps.DECODER_BIAS));
            double[] written =
                    out.matmul(maps.decoder(coder.parameters()).transpose(0, 1)).toDoubles();
            for (int i = 0; i < latents.length; i++) {
                assertTrue(products[i * CoderCase.WIDTH + latents[i]] > 0, "latent " + latents[i]);
                assertTrue(written[i * CoderCase.WIDTH + latents[i]] > 0, "latent " + latents[i]);
            }
        }
    }
}
