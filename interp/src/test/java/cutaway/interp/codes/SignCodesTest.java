package cutaway.interp.codes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SignCodesTest {

    /// Groups stand first, side by side, and so do the neurons of their codes; what is left out is
    /// counted.
    @Test
    void inputsOfAGroupStandSideBySide() {
        double[] weights = new double[12 * 40];
        for (int neuron = 0; neuron < 12; neuron++) {
            for (int input = 0; input < 40; input++) {
                boolean isGrouped = input % 8 == 0; // inputs 0, 8, .. 32 have one code, the even neurons
                boolean isPlus = isGrouped ? neuron % 2 == 0 : (neuron * 7 + input * input * 3) % 5 < 2;
                weights[neuron * 40 + input] = isPlus ? 1 : -1;
            }
        }
        SignCodes codes = Scope.free(
                () -> SignCodes.of(Tensor.of(weights, 12, 40), new double[0], new SignCodes.Settings(0, 0.99, 0, 0)));
        assertTrue(codes.groups().stream().anyMatch(group -> group.inputs().equals(List.of(0, 8, 16, 24, 32))));
        SortedSigns whole = SortedSigns.of(codes, 100, 100);
        assertEquals(0, whole.moreInputs() + whole.moreNeurons());
        assertEquals(
                IntStream.range(0, 40).boxed().toList(),
                whole.inputs().stream().sorted().toList());
        int first = whole.inputs().indexOf(0);
        assertEquals(List.of(0, 8, 16, 24, 32), whole.inputs().subList(first, first + 5));
        assertEquals(whole.groups().get(first), whole.groups().get(first + 4));
        assertNotEquals(-1, whole.groups().get(first));
        for (int row = 0; row < 12; row++) {
            char sign = whole.neurons().get(row) % 2 == 0 ? '+' : '-';
            assertEquals(String.valueOf(sign).repeat(5), whole.signs().get(row).substring(first, first + 5));
        }
        SortedSigns sample = SortedSigns.of(codes, 8, 4);
        assertEquals(32, sample.moreInputs());
        assertEquals(8, sample.moreNeurons());
        assertEquals(8, sample.inputs().size());
        assertEquals(8, sample.groups().size());
        assertEquals(4, sample.signs().size());
        assertEquals(whole.inputs().subList(0, 8), sample.inputs());
    }

    private static final int NEURONS = 26;
    private static final int INPUTS = 24;
    private static final int WIDTH = 4;

    /// The codes of a layer whose inputs are grouped by fours, each group with random signs of its own on the neurons
    /// that push up; the others have random signs.
    private static SignCodes planted(boolean isShuffled, SignCodes.Settings settings) {
        RandomGenerator random = new Random(3).generator();
        double[] outputs = IntStream.range(0, NEURONS)
                .mapToDouble(i -> i % 2 == 0 ? 1 : -1)
                .toArray();
        double[] weights = new double[NEURONS * INPUTS];
        for (int neuron = 0; neuron < NEURONS; neuron++) {
            double[] signs =
                    random.ints(INPUTS, 0, 2).mapToDouble(bit -> 2 * bit - 1).toArray();
            for (int input = 0; input < INPUTS; input++) {
                double sign = outputs[neuron] > 0 && !isShuffled ? signs[input / WIDTH] : signs[input];
                weights[neuron * INPUTS + input] = sign * random.nextDouble(0.5, 1.5);
            }
        }
        return Scope.free(() -> SignCodes.of(Tensor.of(weights, NEURONS, INPUTS), outputs, settings));
    }

    @Test
    void plantedGroupsAreFoundAndNoneWhereSignsAreRandom() {
        SignCodes codes = planted(false, SignCodes.Settings.USUAL);
        List<List<Integer>> wanted = new ArrayList<>();
        for (int first = 0; first < INPUTS; first += WIDTH) {
            wanted.add(IntStream.range(first, first + WIDTH).boxed().toList());
        }
        assertEquals(
                wanted, codes.groups().stream().map(SignCodes.Group::inputs).toList());
        assertEquals(0.01, codes.pValue(), 1e-12);
        SignCodes random = planted(true, SignCodes.Settings.USUAL);
        assertTrue(random.groups().stream().noneMatch(group -> wanted.contains(group.inputs())));
        assertTrue(random.pValue() > 0.05, "p = " + random.pValue());
        assertEquals(1, random.structure(), 0.25);
    }

    /// Inputs 0 and 1 share a plus on neuron 0, 2 and 3 on 1, all on 2; neuron 3 pushes down.
    @Test
    void rolesAndCodesByHand() {
        double[] weights = {
            2, 2, -1, -1, //
            -1, -1, 2, 2, //
            1, 1, 1, 1, //
            2, -2, 0.01, 0
        };
        SignCodes codes = Scope.free(() -> SignCodes.of(
                Tensor.of(weights, 4, 4), new double[] {1, 1, 1, -1}, new SignCodes.Settings(0.1, 0.6, 0, 0)));
        assertEquals(
                List.of(
                        new SignCodes.Group(List.of(0, 1), List.of(0, 2)),
                        new SignCodes.Group(List.of(2, 3), List.of(1, 2))),
                codes.groups());
        assertEquals(
                List.of(SignCodes.Role.CLAUSE, SignCodes.Role.CLAUSE, SignCodes.Role.SHARED, SignCodes.Role.WITNESS),
                codes.roles());
        assertEquals(2, codes.marks().shared(0, 1));
        // 2 shared of 2 and 2 among 3: 2 - 4/3, over the root of 2 * 2 * 1 * 1 / (9 * 2)
        assertEquals((2 - 4.0 / 3) / Math.sqrt(4.0 / 18), codes.marks().excess(0, 1), 1e-12);
        // codes of 2 of 3 neurons: one of 3 choices is the same, for both ordered pairs
        assertEquals(2.0 / 3, codes.collisions(2), 1e-12);
        assertTrue(Double.isNaN(codes.pValue()));
    }

    /// Six groups that are dealt out one after another, each a few inputs apart: in order, they stand side by side.
    @Test
    void theOrderHasWhatAgreesSideBySide() {
        RandomGenerator random = new Random(8).generator();
        int groups = INPUTS / WIDTH;
        double[] weights = new double[NEURONS * INPUTS];
        for (int neuron = 0; neuron < NEURONS; neuron++) {
            int[] signs = random.ints(groups, 0, 2).map(bit -> 2 * bit - 1).toArray();
            for (int input = 0; input < INPUTS; input++) {
                boolean isFlipped = random.nextInt(8) == 0;
                weights[neuron * INPUTS + input] = (isFlipped ? -1 : 1) * signs[input % groups];
            }
        }
        List<Integer> order = Scope.free(
                () -> SignCodes.of(Tensor.of(weights, NEURONS, INPUTS), new double[0], SignCodes.Settings.USUAL)
                        .order());
        assertEquals(
                IntStream.range(0, INPUTS).boxed().toList(),
                order.stream().sorted().toList());
        for (int at = 0; at < INPUTS; at++) {
            assertEquals(order.get(at - at % WIDTH) % groups, order.get(at) % groups, order.toString());
        }
    }

    @Test
    void aShuffleKeepsWhatInputsAndNeuronsHave() {
        Marks marks = planted(true, SignCodes.Settings.USUAL).marks();
        Marks shuffled = marks.shuffled(new Random(5).generator());
        for (int input = 0; input < INPUTS; input++) {
            assertEquals(
                    marks.ofInputs().get(input).cardinality(),
                    shuffled.ofInputs().get(input).cardinality());
        }
        for (int neuron = 0; neuron < marks.neurons(); neuron++) {
            int at = neuron;
            assertEquals(
                    marks.ofInputs().stream().filter(row -> row.get(at)).count(),
                    shuffled.ofInputs().stream().filter(row -> row.get(at)).count());
        }
        assertTrue(!marks.ofInputs().equals(shuffled.ofInputs()));
    }

    @Test
    void whatCannotBeReadIsRefused() {
        SignCodes.Settings usual = SignCodes.Settings.USUAL;
        assertThrows(
                BadInputException.class, () -> Scope.free(() -> SignCodes.of(Tensor.zeros(4), new double[0], usual)));
        assertThrows(
                BadInputException.class,
                () -> Scope.free(() -> SignCodes.of(Tensor.zeros(4, 3), new double[3], usual)));
        assertThrows(
                BadInputException.class,
                () -> Scope.free(() -> SignCodes.of(Tensor.full(Double.NaN, Dtype.F32, 4, 3), new double[0], usual)));
        assertThrows(BadInputException.class, () -> new SignCodes.Settings(0.25, 2, 9, 0));
    }

    /// Inputs 1 and 3 are one group, 0, 4 and 5 a larger one, 2 is of none. Neurons 0 and 4 are in the code of the
    /// larger, 2 of the smaller, 1 of both; 3 pushes down and has both signs in the smaller; 5 has none.
    @Test
    void sortedSignsShowGroupsAndRoles() {
        double[] weights = {
            2, -2, -2, -2, 2, 2, //
            2, 2, -2, 2, 2, 2, //
            -2, 2, 2, 2, -2, -2, //
            0, 2, 0, -2, 0, 0, //
            2, -2, 2, -2, 2, 2, //
            0, 0, 0, 0, 0, 0
        };
        SignCodes codes = Scope.free(() -> SignCodes.of(
                Tensor.of(weights, 6, 6), new double[] {1, 1, 1, -1, 1, -1}, new SignCodes.Settings(0.1, 0.6, 0, 0)));
        SortedSigns all = SortedSigns.of(codes, 100, 100);
        assertEquals(List.of(0, 4, 5, 1, 3, 2), all.inputs());
        assertEquals(List.of(0, 0, 0, 1, 1, -1), all.groups());
        assertEquals(List.of(0, 4, 2, 1, 3, 5), all.neurons());
        assertEquals(
                List.of(
                        SignCodes.Role.CLAUSE,
                        SignCodes.Role.CLAUSE,
                        SignCodes.Role.CLAUSE,
                        SignCodes.Role.SHARED,
                        SignCodes.Role.WITNESS,
                        SignCodes.Role.OTHER),
                all.roles());
        assertEquals(List.of(0, 0, 1, 0, 1, -1), all.codes());
        assertEquals(List.of("+++---", "+++--+", "---+++", "+++++-", "...+-.", "......"), all.signs());
        // 0 and 4 share three pluses of three each among four: 3 - 9/4, over the root of 9 * 1 * 1 / (16 * 3)
        assertEquals(
                List.of(Math.round(100 * 0.75 / Math.sqrt(9 / 48.0)) / 100.0),
                all.overlaps().get(1));
        assertEquals(0, all.moreInputs() + all.moreNeurons());
        SortedSigns some = SortedSigns.of(codes, 4, 5);
        assertEquals(List.of("+++-", "+++-", "---+", "++++", "...+"), some.signs());
        assertEquals(4, some.overlaps().size());
        assertEquals(2, some.moreInputs());
        assertEquals(1, some.moreNeurons());
        assertThrows(BadInputException.class, () -> SortedSigns.of(codes, 0, 1));
    }
}
