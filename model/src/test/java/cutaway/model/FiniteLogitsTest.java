package cutaway.model;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiniteLogitsTest {

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void theFirstPositionIsNamed(float bad) {
        try (Scope scope = Scope.open()) {
            Tensor logits = Tensor.of(new float[] {1, 2, 3, 4, 5, bad, bad, 8}, 4, 2);
            var refused = assertThrows(BadInputException.class, () -> FiniteLogits.check(logits, 5));
            assertTrue(String.valueOf(refused.getMessage()).contains("at position 7;"), refused.getMessage());
        }
    }

    @Test
    void finiteLogitsPass() {
        try (Scope scope = Scope.open()) {
            FiniteLogits.check(Tensor.of(new float[] {1, -2, 3e38f, 0}, 2, 2), 0);
        }
    }
}
