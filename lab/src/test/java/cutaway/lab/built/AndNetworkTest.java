package cutaway.lab.built;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AndNetworkTest {

    private static double error(int neurons, AndNetwork.Codes codes) {
        try (AndNetwork network = AndNetwork.of(200, neurons, codes, 1)) {
            return network.error(400, new Random(2).generator());
        }
    }

    @Test
    void enoughNeuronsComputeEveryAndAndTooFewDoNot() {
        assertEquals(0, error(4000, AndNetwork.Codes.OF_OUTPUTS));
        assertTrue(error(60, AndNetwork.Codes.OF_OUTPUTS) > 0.5);
    }

    /// Codes of inputs cannot tell which of two ANDs an input is set for, however many neurons there are.
    @Test
    void withoutAChannelForEachOutputManyNeuronsAreOfNoUse() {
        assertTrue(error(4000, AndNetwork.Codes.OF_INPUTS) > 0.2);
    }

    /// Of an output's inputs: a neuron of its code has 1 where both are set, 0 where one is, up to what the
    /// compression of 4,000 neurons adds.
    @Test
    void aNeuronOfACodeIsOneWhereBothInputsAreSet() {
        try (AndNetwork network = AndNetwork.of(20, 4000, AndNetwork.Codes.OF_OUTPUTS, 3);
                Scope _ = Scope.open()) {
            AndNetwork.And and = network.circuit().get(5);
            int[] both = and.inputs().stream().mapToInt(Integer::intValue).toArray();
            double[] hidden = network.hidden(new int[][] {both}).toDoubles();
            and.neurons().forEach(neuron -> assertEquals(1, hidden[neuron], 0.2));
            double[] one = network.hidden(new int[][] {{both[0]}}).toDoubles();
            Set<Integer> others = network.circuit().stream()
                    .filter(other -> other.output() != 5 && other.inputs().contains(both[0]))
                    .flatMap(other -> other.neurons().stream())
                    .collect(Collectors.toSet());
            and.neurons().stream()
                    .filter(neuron -> !others.contains(neuron))
                    .forEach(neuron -> assertEquals(0, one[neuron], 0.2));
        }
    }

    /// What the circuit says is what is computed: with a code's neurons silenced its output alone is lost.
    @Test
    void theCircuitIsTheOneThatComputes() {
        try (AndNetwork network = AndNetwork.of(20, 4000, AndNetwork.Codes.OF_OUTPUTS, 3);
                Scope _ = Scope.open()) {
            AndNetwork.And and = network.circuit().get(5);
            int[] all = IntStream.range(0, 20).toArray();
            Tensor hidden = network.hidden(new int[][] {all});
            double[] kept = new double[4000];
            java.util.Arrays.fill(kept, 1);
            and.neurons().forEach(neuron -> kept[neuron] = 0);
            double[] z = network.outputs(hidden.times(Tensor.of(kept, 4000).to(hidden.dtype())))
                    .toDoubles();
            for (int output = 0; output < 20; output++) {
                assertEquals(output != 5, z[output] > AndNetwork.YES, "output " + output);
            }
        }
    }

    /// By hand: of a ring over three inputs every pair is an AND.
    @Test
    void everyInputIsInTwoAnds() {
        try (AndNetwork network = AndNetwork.of(3, 4, AndNetwork.Codes.OF_OUTPUTS, 0)) {
            assertEquals(
                    Set.of(Set.of(0, 1), Set.of(1, 2), Set.of(0, 2)),
                    network.circuit().stream()
                            .map(and -> Set.copyOf(and.inputs()))
                            .collect(Collectors.toSet()));
            assertArrayEquals(new boolean[] {true, true, true}, network.truth(new int[] {0, 1, 2}));
            assertArrayEquals(new boolean[3], network.truth(new int[] {1}));
        }
        assertThrows(BadInputException.class, () -> AndNetwork.of(2, 4, AndNetwork.Codes.OF_OUTPUTS, 0));
        assertThrows(BadInputException.class, () -> AndNetwork.of(200, 7, AndNetwork.Codes.OF_OUTPUTS, 0));
    }

    /// The matrix between layers does the same as reading out, compressing and applying the second layer.
    @Test
    void twoLayersAreComputedThroughOneMatrix() {
        try (TwoLayers layers = TwoLayers.of(20, 1500, 1);
                Scope _ = Scope.open()) {
            int[][] set = layers.trials(8, new Random(3).generator());
            Tensor h = layers.first().hidden(set);
            Tensor z = layers.first().outputs(h);
            double[] apart = layers.second()
                    .neurons(z.matmul(layers.second().compression().transpose(0, 1)))
                    .toDoubles();
            assertArrayEquals(apart, layers.neurons(h).toDoubles(), 1e-4);
        }
    }

    @Test
    void andsOfAndsNeedMoreNeuronsAndThenAreRight() {
        try (TwoLayers wide = TwoLayers.of(30, 3000, 1);
                TwoLayers narrow = TwoLayers.of(30, 60, 1)) {
            TwoLayers.Errors right = wide.errors(300, new Random(4).generator());
            assertEquals(0, right.first());
            assertEquals(0, right.second());
            assertTrue(narrow.errors(300, new Random(4).generator()).second() > 0.5);
        }
    }
}
