package cutaway.features.coder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What each wiring promises, and factors of the activations.
class WiringTest {

    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());
    private static final Sparsity TOPK = new Sparsity.TopK(3);

    private static CoderCase of(Sparsity sparsity, Wiring wiring, int dIn, int dOut) {
        return new CoderCase("", new CoderSettings(sparsity).with(wiring), dIn, dOut, Set.of());
    }

    @Test
    void theStartIsThatOfSaeLens() {
        try (Scope _ = Scope.open();
                Coder coder = of(TOPK, new Wiring.Autoencoder(), 8, 8).create(1, Dtype.F64)) {
            Map<String, Tensor> p = coder.parameters();
            assertTrue(p.get(Maps.ENCODER).bitsEqual(p.get(Maps.DECODER)));
            for (double norm : Maps.rowNorms(p.get(Maps.DECODER)).toDoubles()) {
                assertEquals(0.1, norm, 1e-12);
            }
            assertEquals(0, p.get(Maps.DECODER_BIAS).norm());
            assertEquals(0, p.get(Maps.ENCODER_BIAS).norm());
        }
    }

    /// Latents of layer l hear nothing of other layers and write nothing into earlier ones: the folded matrices say
    /// so.
    @Test
    void crossLayerLatentsReadTheirLayerAndWriteOnwards() {
        CoderCase of = of(TOPK, new Wiring.CrossLayer(3), 12, 12);
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64)) {
            CoderCase.train(coder, of, 10, 0.1);
            try (Dictionary dictionary = coder.dictionary(NOWHERE)) {
                double[] encoder = dictionary.weights().encoder().toDoubles();
                double[] decoder = dictionary.weights().decoder().toDoubles();
                for (int i = 0; i < encoder.length; i++) {
                    int latent = i / 12 / 8; // its layer: 8 latents each
                    int number = i % 12 / 4;
                    assertEquals(latent == number, encoder[i] != 0, "encoder " + i);
                    assertEquals(number >= latent, decoder[i] != 0, "decoder " + i);
                }
            }
        }
    }

    /// Taken apart by layers, it gives the codes and outputs that it gave as one; what is no such one is refused.
    @Test
    void crossLayerDictionariesAreTakenApart() {
        for (Sparsity sparsity : List.of(new Sparsity.Relu(0.1), new Sparsity.BatchTopK(3))) {
            CoderCase of = of(sparsity, new Wiring.CrossLayer(3), 12, 12);
            try (Scope _ = Scope.open();
                    Coder coder = of.create(1, Dtype.F64)) {
                CoderCase.train(coder, of, 10, 0.1);
                try (Dictionary joined = coder.dictionary(NOWHERE);
                        CrossLayerDictionary apart = CrossLayerDictionary.of(joined, 3)) {
                    Tensor x = of.x(5);
                    List<SparseRows> codes = new ArrayList<>();
                    List<Tensor> dense = new ArrayList<>();
                    for (int layer = 0; layer < 3; layer++) {
                        codes.add(apart.encode(layer, x.slice(1, 4L * layer, 4L * layer + 4)));
                        dense.add(codes.get(layer).times(eye(apart.width())));
                    }
                    assertTrue(joined.encode(x).values().length > 0);
                    assertArrayEquals(
                            joined.encode(x).times(eye(joined.width())).toDoubles(),
                            Tensor.cat(dense, 1).toDoubles(),
                            1e-12);
                    assertArrayEquals(
                            joined.reconstruct(x).toDoubles(),
                            Tensor.cat(apart.decode(codes), 1).toDoubles(),
                            1e-12);
                }
            }
        }
        CoderCase crosscoder = of(new Sparsity.Relu(0.1), new Wiring.Crosscoder(3), 12, 12);
        try (Scope _ = Scope.open();
                Coder coder = crosscoder.create(1, Dtype.F64);
                Dictionary whole = coder.dictionary(NOWHERE)) {
            assertThrows(IllegalArgumentException.class, () -> CrossLayerDictionary.of(whole, 3));
        }
    }

    private static Tensor eye(int n) {
        double[] numbers = new double[n * n];
        for (int i = 0; i < n; i++) {
            numbers[i * n + i] = 1;
        }
        return Tensor.of(numbers, n, n);
    }

    /// What a run is said to hold before it is made is what its coder has.
    @Test
    void theNumbersOfMatricesAreThoseOfTheCoder() {
        List<Wiring> all = List.of(
                new Wiring.Autoencoder(),
                new Wiring.Autoencoder(true, true, false),
                new Wiring.Transcoder(false),
                new Wiring.Transcoder(true),
                new Wiring.CrossLayer(3),
                new Wiring.Crosscoder(2),
                new Wiring.Archetypal(10, 0),
                new Wiring.Archetypal(10, 0.1));
        for (Wiring wiring : all) {
            int dIn = wiring instanceof Wiring.Transcoder ? 7 : 12;
            CoderCase of = of(TOPK, wiring, dIn, 12);
            try (Scope _ = Scope.open();
                    Coder coder = of.create(1, Dtype.F64)) {
                long expected = coder.parameters().values().stream()
                        .filter(tensor -> tensor.shape().rank() == 2)
                        .mapToLong(tensor -> tensor.shape().count())
                        .sum();
                assertEquals(expected, wiring.matrixNumbers(coder.width(), dIn, 12), wiring.toString());
            }
        }
    }

    /// Two sites: `sqrt(3^2 + 4^2) + sqrt(5^2 + 12^2) = 18`, not the norm of all four numbers, 13.93.
    @Test
    void theNormOfACrosscoderIsTheSumOverSites() {
        try (Scope _ = Scope.open()) {
            Maps maps = new Wiring.Crosscoder(2).maps(new Start(), 1, 1, Tensor.ones(1, 4), Tensor.ones(1, 4));
            Map<String, Tensor> p = Map.of(Maps.DECODER, Tensor.of(new double[] {3, 4, 5, 12}, 1, 4));
            assertArrayEquals(new double[] {18}, maps.norms(p).toDoubles(), 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05})
    void archetypalRowsStayWithTheData(double relaxation) {
        CoderCase of = of(TOPK, new Wiring.Archetypal(10, relaxation), 8, 8);
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64)) {
            Tensor points = coder.buffers().get(ArchetypalMaps.POINTS).copy();
            CoderCase.train(coder, of, 60, 0.1);
            assertTrue(points.bitsEqual(coder.buffers().get(ArchetypalMaps.POINTS)));
            Tensor mixture = coder.parameters().get(ArchetypalMaps.MIXTURE);
            assertTrue(Arrays.stream(mixture.toDoubles()).allMatch(share -> share >= 0));
            for (double sum : mixture.sum(1, false).toDoubles()) {
                assertEquals(1, sum, 1e-6);
            }
            double scale =
                    Math.exp(coder.parameters().get(ArchetypalMaps.LOG_SCALE).item());
            Tensor rows =
                    ((LinearCoder) coder).maps().decoder(coder.parameters()).over(scale);
            double furthest = Maps.rowNorms(rows.minus(mixture.matmul(points)))
                    .max(0, false)
                    .item();
            assertTrue(relaxation == 0 ? furthest < 1e-12 : furthest <= relaxation * (1 + 1e-12), "" + furthest);
            assertTrue(relaxation == 0 || furthest > relaxation / 2, "the relaxation is used: " + furthest);
        }
    }

    @Test
    void unitRowsStayUnitAndTheirGradientsAcross() {
        CoderCase of = of(TOPK, new Wiring.Autoencoder(true, false, true), 8, 8);
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64)) {
            CoderCase.train(coder, of, 10, 0.1);
            Tensor rows = coder.parameters().get(Maps.DECODER);
            for (double norm : Maps.rowNorms(rows).toDoubles()) {
                assertEquals(1, norm, 1e-12);
            }
            Map<String, Tensor> gradients =
                    CoderCase.gradients(coder, of.x(1), of.x(1)).gradients();
            assertTrue(gradients.get(Maps.DECODER).times(rows).sum(1, false).norm() > 1e-3);
            Tensor adjusted = coder.adjustGradients(gradients).get(Maps.DECODER);
            assertEquals(0, adjusted.times(rows).sum(1, false).norm(), 1e-12);
            assertTrue(adjusted.norm() > 0.1 * gradients.get(Maps.DECODER).norm());
        }
    }

    /// The folded dictionary does to activations what the first one does to scaled ones, undone.
    @ParameterizedTest
    @ValueSource(strings = {"relu", "gated", "jump", "skip", "crosscoder"})
    void aScaleFoldsExactly(String kind) {
        CoderCase of = switch (kind) {
            case "relu" -> of(new Sparsity.Relu(0.05), new Wiring.Autoencoder(), 8, 8);
            case "gated" -> of(new Sparsity.Gated(0.05), new Wiring.Autoencoder(), 8, 8);
            case "jump" -> of(new Sparsity.JumpRelu(0.05), new Wiring.Autoencoder(), 8, 8);
            case "skip" -> of(TOPK, new Wiring.Transcoder(true), 8, 5);
            default -> of(TOPK, new Wiring.Crosscoder(2), 12, 12);
        };
        ActivationScale scale = switch (kind) {
            case "skip" -> ActivationScale.of(2.5, 8, 0.3, 5);
            case "crosscoder" -> ActivationScale.sites(new double[] {2, 0.7}, 12, new double[] {2, 0.7}, 12);
            default -> ActivationScale.of(1.7, 8, 1.7, 8);
        };
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64)) {
            CoderCase.train(coder, of, 40, 0.1);
            Tensor x = of.x(5);
            try (Dictionary scaled = coder.dictionary(NOWHERE);
                    Dictionary folded = scale.fold(scaled)) {
                Tensor into = Tensor.of(scale.in());
                Tensor outOf = Tensor.of(scale.out());
                SparseRows expected = scaled.encode(x.times(into));
                SparseRows codes = folded.encode(x);
                assertArrayEquals(expected.columns(), codes.columns());
                assertArrayEquals(expected.values(), codes.values(), 1e-12);
                Tensor y = scaled.decode(expected, x.times(into)).over(outOf);
                assertEquals(0, y.minus(folded.decode(codes, x)).norm(), 1e-11 * y.norm());
            }
        }
    }

    /// Rows of the norms 5 and 15 in two dimensions: `sqrt(2) / 10`; squares 25 / 2 and 225 / 2 on average 62.5.
    @Test
    void scalesAreTheKnownOnes() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new double[] {3, 4, 9, 12}, 2, 2);
            assertEquals(Math.sqrt(2) / 10, ActivationScale.toMeanNorm(x), 1e-15);
            assertEquals(1 / Math.sqrt(62.5), ActivationScale.toUnitMeanSquare(x), 1e-15);
            Tensor scaled = x.times(ActivationScale.toUnitMeanSquare(x));
            assertEquals(1, scaled.square().mean().item(), 1e-15);
            double none = ActivationScale.toMeanNorm(Tensor.zeros(3, 2));
            assertThrows(cutaway.tensor.BadInputException.class, () -> ActivationScale.of(none, 2, 1, 2));
        }
    }

    /// Central differences for all parameters of a temporal coder; a later token changes nothing before it.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void temporalGradientsAreSlopesAndCodesAreCausal(boolean tied) {
        try (Scope _ = Scope.open();
                TemporalCoder coder = new TemporalCoder(new TemporalSettings(4, 2, 3, 2, tied), 8, 24, Dtype.F64, 1)) {
            Tensor x = Planted.tokens(26, 8, 4).reshape(2, 13, 8);
            Map<String, Tensor> p = coder.parameters();
            for (String name : p.keySet()) {
                Tensor tracked = cutaway.tensor.Autograd.track(p.get(name));
                Map<String, Tensor> with = new java.util.LinkedHashMap<>(p);
                with.put(name, tracked);
                Tensor v = new Random(3).normal(tracked.shape().dims()).to(Dtype.F64);
                double found = cutaway.tensor.Autograd.gradients(coder.loss(with, x), List.of(tracked))
                        .getFirst()
                        .dot(v);
                with.put(name, p.get(name).plus(v.times(1e-6)));
                double up = coder.loss(with, x).item();
                with.put(name, p.get(name).minus(v.times(1e-6)));
                double slope = (up - coder.loss(with, x).item()) / 2e-6;
                assertEquals(slope, found, 1e-6 * Math.max(1, Math.abs(slope)), name);
            }
            TemporalCoder.Codes codes = coder.encode(p, x);
            Tensor later = Tensor.cat(
                    List.of(x.slice(1, 0, 9), new Random(5).normal(2, 4, 8).to(Dtype.F64)), 1);
            TemporalCoder.Codes others = coder.encode(p, later);
            assertEquals(0, codes.novel().minus(others.novel()).slice(1, 0, 9).norm(), 1e-13);
            assertEquals(
                    0,
                    codes.predicted().minus(others.predicted()).slice(1, 0, 9).norm(),
                    1e-13);
            assertTrue(
                    codes.predicted().minus(others.predicted()).slice(1, 9, 13).norm() > 1e-3);
            double most = codes.novel()
                    .greater(0)
                    .to(Dtype.F64)
                    .sum(2, false)
                    .reshape(-1)
                    .max(0, false)
                    .item();
            assertTrue(most <= 4 && most > 0, "novel codes: " + most);
        }
    }

    @Test
    void temporalLossFalls() {
        try (Scope _ = Scope.open();
                TemporalCoder coder = new TemporalCoder(new TemporalSettings(4, 1, 3, 2, true), 8, 24, Dtype.F64, 1)) {
            Tensor x = Planted.tokens(52, 8, 4).reshape(4, 13, 8);
            double before = coder.loss(coder.parameters(), x).item();
            List<String> names = List.copyOf(coder.parameters().keySet());
            for (int step = 0; step < 200; step++) {
                try (Scope _ = Scope.open()) {
                    Map<String, Tensor> tracked = new java.util.LinkedHashMap<>();
                    coder.parameters().forEach((name, p) -> tracked.put(name, cutaway.tensor.Autograd.track(p)));
                    List<Tensor> gradients =
                            cutaway.tensor.Autograd.gradients(coder.loss(tracked, x), List.copyOf(tracked.values()));
                    for (int i = 0; i < names.size(); i++) {
                        Tensor p = coder.parameters().get(names.get(i));
                        p.assign(p.minus(gradients.get(i).times(0.05)));
                    }
                }
            }
            double after = coder.loss(coder.parameters(), x).item();
            assertTrue(after < 0.6 * before, before + " before, " + after + " after");
        }
    }
}
