package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class WeightOptionTest {

    private static final Path LLAMA = Path.of("../model/src/test/resources/golden/llama");

    /// What records call the type is what the model computes in.
    @ParameterizedTest
    @CsvSource({
        "f32, float32, F32, true",
        "float32, float32, F32, true",
        "bf16, bfloat16, F32, false",
        "BFLOAT16, bfloat16, F32, false",
        "f64, float64, F64, true",
        "Float64, float64, F64, true"
    })
    void theTypeIsSaidAndUsed(String given, String name, Dtype activations, boolean isExact) {
        WeightOption option = option(given);
        assertEquals(name, option.typeName());
        assertEquals(isExact, option.isExact());
        try (Model model = option.open(LLAMA)) {
            assertEquals(activations, model.transformer().dtype());
        }
        try (Model model = option.openPacked(LLAMA)) {
            assertEquals(activations, model.transformer().dtype());
        }
    }

    @Test
    void anotherTypeIsRefused() {
        BadInputException refused =
                assertThrows(BadInputException.class, () -> option("f16").typeName());
        assertTrue(refused.getMessage().contains("f16; expected f32, bf16 or f64"), refused.getMessage());
    }

    private static WeightOption option(String dtype) {
        WeightOption option = new WeightOption();
        new CommandLine(option).parseArgs("--dtype", dtype);
        return option;
    }
}
