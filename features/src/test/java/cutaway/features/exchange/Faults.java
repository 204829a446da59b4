package cutaway.features.exchange;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Damage to copies of the golden dictionaries.
final class Faults {

    private Faults() {}

    static Path copy(Path golden, Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(golden)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }

    static void replace(Path file, String text, String by) throws IOException {
        String before = Files.readString(file);
        assertTrue(before.contains(text), before);
        Files.writeString(file, before.replace(text, by));
    }

    /// Changes the tensors of a safetensors file.
    static void change(Path file, Consumer<Map<String, Tensor>> change) {
        LinkedHashMap<String, Tensor> tensors;
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            tensors = TensorFile.readAll(open);
        }
        change.accept(tensors);
        TensorFile.write(file, tensors, Map.of());
    }

    static void assertRefused(Path folder, String said) {
        long live = Tensor.live();
        BadInputException refused = assertThrows(
                BadInputException.class, () -> DictionaryFiles.open(folder).close());
        assertTrue(String.valueOf(refused.getMessage()).contains(said), refused.getMessage());
        assertTrue(Tensor.live() == live, "tensors of a refused dictionary were left");
    }
}
