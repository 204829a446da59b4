package cutaway.lab.built;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BuiltFolderTest {

    private static final int INPUTS = 30;
    private static final int NEURONS = 2000;
    private static final int EXAMPLES = 13;

    @TempDir
    private Path temporary;

    private Path build() {
        Path folder = temporary.resolve("ands");
        assertEquals(
                0, BuiltFolder.write(INPUTS, NEURONS, AndNetwork.Codes.OF_OUTPUTS, 5, EXAMPLES, folder), "all right");
        return folder;
    }

    private static Map<String, Tensor> read(Path file) {
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            return TensorFile.readAll(open);
        }
    }

    private static Tensor the(Map<String, Tensor> all, String name) {
        return java.util.Objects.requireNonNull(all.get(name), name);
    }

    /// The weights that are written, applied as the header of a trained net would have it, say what the truth
    /// says, and pass through the neurons that are written.
    @Test
    void theWeightsOfTheFileComputeTheTruthOfTheFile() {
        Path folder = build();
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> model = read(folder.resolve("model.safetensors"));
            Map<String, Tensor> examples = read(folder.resolve("examples.safetensors"));
            Tensor h = the(examples, "x")
                    .linear(the(model, "compression.weight").select(0, 0), null)
                    .linear(
                            the(model, "hidden.0.weight").select(0, 0),
                            the(model, "hidden.0.bias").select(0, 0))
                    .relu();
            assertEquals(
                    0,
                    h.minus(the(examples, "hidden"))
                            .abs()
                            .max(1, false)
                            .max(0, false)
                            .item(),
                    1e-4);
            Tensor yes = h.linear(
                            the(model, "head.weight").select(0, 0),
                            the(model, "head.bias").select(0, 0))
                    .greater(0);
            assertTrue(yes.bitsEqual(the(examples, "truth")));
        }
    }

    /// Whether both inputs of an output are set is read from circuit.json, the truth from the examples.
    @Test
    void theCircuitOfTheFileFitsItsExamples() throws IOException {
        Path folder = build();
        JsonNode circuit = JsonMapper.shared().readTree(Files.readString(folder.resolve("circuit.json")));
        assertEquals(INPUTS, circuit.path("ands").size());
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> examples = read(folder.resolve("examples.safetensors"));
            double[] x = the(examples, "x").toDoubles();
            double[] truth = the(examples, "truth").to(cutaway.tensor.Dtype.F32).toDoubles();
            int yes = 0;
            for (int trial = 0; trial < EXAMPLES; trial++) {
                for (JsonNode and : circuit.path("ands")) {
                    boolean both = x[trial * INPUTS + and.path("inputs").get(0).asInt()] == 1
                            && x[trial * INPUTS + and.path("inputs").get(1).asInt()] == 1;
                    assertEquals(
                            both ? 1 : 0,
                            truth[trial * INPUTS + and.path("output").asInt()]);
                    yes += both ? 1 : 0;
                }
            }
            assertTrue(yes >= 7, "every other example has an AND that is true: " + yes);
        }
    }

    /// The true dictionary of the neurons has one latent for each AND that is true, and no other.
    @Test
    void theDictionaryOfOutputsIsTheTruth() {
        Path folder = build();
        try (Dictionary outputs = DictionaryFiles.openOne(folder.resolve("outputs"));
                Dictionary inputs = DictionaryFiles.openOne(folder.resolve("inputs"));
                Scope _ = Scope.open()) {
            Map<String, Tensor> examples = read(folder.resolve("examples.safetensors"));
            double[] truth = the(examples, "truth").to(cutaway.tensor.Dtype.F32).toDoubles();
            double[] x = the(examples, "x").toDoubles();
            assertActive(truth, outputs.encode(the(examples, "hidden")));
            assertActive(x, inputs.encode(the(examples, "y")));
        }
    }

    private static void assertActive(double[] expected, SparseRows codes) {
        double[] dense = Scope.free(() -> codes.times(identity()).toDoubles());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i] == 1, dense[i] != 0, "at " + i);
        }
    }

    private static Tensor identity() {
        float[] one = new float[INPUTS * INPUTS];
        for (int i = 0; i < INPUTS; i++) {
            one[i * INPUTS + i] = 1;
        }
        return Tensor.of(one, INPUTS, INPUTS);
    }

    @Test
    void whatIsThereIsNotReplaced() {
        Path folder = build();
        BadInputException e = assertThrows(
                BadInputException.class,
                () -> BuiltFolder.write(INPUTS, NEURONS, AndNetwork.Codes.OF_OUTPUTS, 5, 1, folder));
        assertTrue(e.getMessage().contains("is there already"), e.getMessage());
    }
}
