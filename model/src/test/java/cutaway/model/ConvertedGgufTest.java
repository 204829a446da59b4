package cutaway.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.parts.Tap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// GGUF files that a script laid out as llama.cpp's converter does, independent of Cutaway's own writer, against what
/// transformers computes with the folder that each was made from.
class ConvertedGgufTest {

    private static final Path FILES = Path.of("src/test/resources/converted");

    static List<String> converted() throws IOException {
        try (Stream<Path> folders = Files.list(FILES)) {
            return folders.filter(folder -> Files.exists(folder.resolve("model.gguf")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("converted")
    void givesTheLogitsOfItsFolder(String name) {
        Path own = FILES.resolve(name).resolve("golden.safetensors");
        Path golden = Files.exists(own) ? own : Golden.folder(name).resolve("golden.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(golden);
                Model model = Model.open(FILES.resolve(name).resolve("model.gguf"));
                Scope scope = Scope.open()) {
            Map<String, Tensor> expected = TensorFile.readAll(file);
            agrees(model, expected, "input_ids", "logits");
            if (expected.containsKey("long.input_ids")) { // beyond the context that the model was first made for
                agrees(model, expected, "long.input_ids", "long.logits");
            }
        }
    }

    private static void agrees(Model model, Map<String, Tensor> expected, String ids, String logits) {
        Tensor prompts = expected.get(ids);
        List<int[]> rows = Stream.iterate(0, row -> row < prompts.dim(0), row -> row + 1)
                .map(row -> prompts.select(0, row).toLongs())
                .map(row ->
                        java.util.Arrays.stream(row).mapToInt(Math::toIntExact).toArray())
                .toList();
        Tensor found = model.forward(Batch.of(rows, Batch.Side.RIGHT), Tap.NONE);
        double worst = Golden.worst(expected.get(logits).toFloats(), found);
        assertTrue(worst <= 1e-4, () -> logits + ": " + worst);
    }
}
