package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.lab.task.Clauses.Form;
import cutaway.lab.task.Task.Rows;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a recipe trains on stays as it is to the bit, however its code is written: a cached model says of itself that
/// it learned just these.
class KnownDrawsTest {

    @ParameterizedTest
    @MethodSource("tasks")
    void theExamplesAreTheKnownOnes(Task task, int known) {
        int found = of(Filled.train(task, 5, 0, 24));
        found = 31 * found + of(Filled.train(task, 5, 7, 24));
        found = 31 * found + of(Filled.test(task, 5));
        assertEquals(known, found, task.name());
    }

    private static int of(Rows rows) {
        int inputs = 31 * Arrays.hashCode(rows.x()) + Arrays.hashCode(rows.tokens());
        return 31 * (31 * inputs + Arrays.hashCode(rows.y())) + Arrays.hashCode(rows.classes());
    }

    static Stream<Arguments> tasks() {
        return Stream.of(
                Arguments.of(new Clauses(16, 4, 3, true), -1_114_632_128),
                Arguments.of(new Clauses(16, 4, 3, false, Form.CONJUNCTIVE), 789_581_888),
                Arguments.of(new Strip(20, 2, 7, 3), 1_849_593_920),
                Arguments.of(new Order(9, 0.7), 2_017_664_589),
                Arguments.of(new Equivalence(12, 5, 0.7), 1_202_028_051),
                Arguments.of(new Lattice(3, 0.7), 2_038_370_530),
                Arguments.of(new FamilyTree(15, 0.8), -1_447_327_135),
                Arguments.of(new Permutations(3, 0.7), 173_469_347),
                Arguments.of(new ModularAddition(11, 0.6), 622_239_656),
                Arguments.of(new Addition(0.6), -597_906_239),
                Arguments.of(new Sums(0.6), -1_005_222_610));
    }
}
