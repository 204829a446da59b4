package cutaway.studies.othello;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Lab;
import cutaway.studies.Shipped;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OthelloModelTest {

    @ParameterizedTest
    @EnumSource
    void theTrainingComesWithCutaway(OthelloModel.Training training) {
        assertTrue(Shipped.has(Lab.usual(), OthelloModel.recipe(training)));
    }
}
