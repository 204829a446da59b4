package cutaway.interp.codes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MlpWeightsTest {

    private static final int TOKEN = 7;

    private static Model open(String name) {
        return Model.open(Path.of("../model/src/test/resources/golden", name));
    }

    /// What a neuron writes is unembedded by the model itself: the logit less the mean of all is what is
    /// foretold, over the scale of the norm. What is unembedded is long, so that the norm's epsilon is
    /// nothing.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void aNeuronPushesATokenAsTheModelUnembedsIt(String name) {
        try (Model model = open(name);
                Scope _ = Scope.open()) {
            MlpWeights mlp = new MlpWeights(model, 1);
            double[] foretold = mlp.towards(TOKEN);
            Tensor written = mlp.of(MlpWeights.Which.OUT, 4096)
                    .transpose(0, 1)
                    .contiguous()
                    .times(1e4); // [neuron, dModel]
            assertEquals(written.dim(0), foretold.length);
            Tensor logits =
                    model.transformer().unembed(written.unsqueeze(0), Tap.NONE).select(0, 0);
            Tensor nothing = model.transformer()
                    .unembed(written.times(0).unsqueeze(0), Tap.NONE)
                    .select(0, 0); // what biases add
            Tensor pushed = logits.minus(nothing);
            double[] relative = pushed.select(1, TOKEN)
                    .minus(pushed.mean(1, false))
                    .times(model.transformer()
                            .finalNorm()
                            .centred(written)
                            .square()
                            .mean(1, false)
                            .sqrt())
                    .over(1e4)
                    .toDoubles();
            double largest = Arrays.stream(foretold).map(Math::abs).max().orElseThrow();
            assertTrue(largest > 0);
            assertArrayEquals(relative, foretold, 1e-4 * largest);
        }
    }

    @Test
    void theMatricesAreThoseTheModelHas() {
        try (Model gated = open("llama");
                Model plain = open("gpt2");
                Scope _ = Scope.open()) {
            MlpWeights ofGated = new MlpWeights(gated, 0);
            MlpWeights ofPlain = new MlpWeights(plain, 0);
            assertEquals(MlpWeights.Which.GATE, ofGated.usual());
            assertEquals(MlpWeights.Which.IN, ofPlain.usual());
            Tensor gate = ofGated.of(MlpWeights.Which.GATE, 4096);
            Tensor up = ofGated.of(MlpWeights.Which.UP, 4096);
            assertArrayEquals(gate.shape().dims(), up.shape().dims());
            assertTrue(!gate.bitsEqual(up));
            assertEquals(gate.dim(0), ofGated.neurons());
            assertEquals(List.of(MlpWeights.Which.IN, MlpWeights.Which.OUT), ofPlain.matrices());
            BadInputException none = assertThrows(BadInputException.class, () -> ofPlain.of(MlpWeights.Which.UP, 4096));
            assertTrue(none.getMessage().contains("it has: in, out"), none.getMessage());
            assertThrows(BadInputException.class, () -> ofGated.of(MlpWeights.Which.OUT, 3));
            assertThrows(BadInputException.class, () -> new MlpWeights(gated, 99));
        }
    }
}
