package cutaway.interp.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValuesTest {

    /// Every bit of a tensor of either type comes back.
    @Test
    void theyHoldWhatTensorsHold() {
        try (Scope scope = Scope.open()) {
            Tensor floats = new Random(3).normal(5, 13);
            Tensor doubles = floats.to(Dtype.F64).over(3);
            assertTrue(floats.bitsEqual(Values.of(floats).tensor(Dtype.F32)));
            assertTrue(doubles.bitsEqual(Values.of(doubles).tensor(Dtype.F64)));
            assertTrue(doubles.to(Dtype.F32).bitsEqual(Values.of(doubles).tensor(Dtype.F32)), "rounded to the nearest");
            assertEquals(List.of(5L, 13L), Values.of(doubles).shape());
        }
    }

    @Test
    void aFloatIsItsDouble() {
        assertEquals(Values.of((double) 0.1f, -2), Values.of(0.1f, -2));
        assertEquals(Values.of(0.1f), new Values(List.of(1L), new float[] {0.1f}));
        assertNotEquals(Values.of(0.1), Values.of(0.1f));
        assertEquals(0.1, Values.of(0.1).data()[0]);
    }

    @Test
    void nothingStaysInNativeMemory() {
        long before = Tensor.live();
        Values.of(1, 2, 3).tensor(Dtype.F32).close();
        Values.of(1, 2, 3).tensor(Dtype.F64).close();
        assertEquals(before, Tensor.live());
    }
}
