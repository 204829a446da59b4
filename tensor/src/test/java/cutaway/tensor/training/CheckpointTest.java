package cutaway.tensor.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    private static final String RECIPE = "{\"steps\":9}";

    @TempDir
    private Path folder;

    private static Map<String, Tensor> state(float first) {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("weight", Tensor.of(new float[] {first, 2, 3, 4, 5, 6}, 2, 3).transpose(0, 1));
        state.put("bias", Tensor.of(new float[] {7}, 1));
        return state;
    }

    /// No byte of the file can be another one unnoticed, and a state that is refused changes nothing.
    @Test
    void anyChangedByteIsFoundOut() throws IOException {
        Path file = folder.resolve(Checkpoint.FILE);
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> kept = state(1);
            Checkpoint.write(folder, kept, 5, RECIPE);
            byte[] good = Files.readAllBytes(file);
            Map<String, Tensor> own = state(-1);
            for (int i = 0; i < good.length; i++) {
                byte[] bad = good.clone();
                bad[i] ^= 1;
                Files.write(file, bad);
                assertThrows(BadInputException.class, () -> Checkpoint.restore(folder, own, RECIPE), "byte " + i);
                assertEquals(-1, own.get("weight").toFloats()[0], "byte " + i);
            }
            byte[] last = good.clone();
            last[good.length - 1] ^= 1;
            refused(last, own, " is damaged; remove it to begin anew.");
            refused(Arrays.copyOf(good, good.length - 1), own, " is damaged; remove it to begin anew.");
            Files.write(file, good);
            assertEquals(5, Checkpoint.restore(folder, own, RECIPE));
            assertArrayEquals(kept.get("weight").toFloats(), own.get("weight").toFloats());
        }
    }

    @Test
    void oneWithoutAChecksumIsOfAnotherVersion() throws IOException {
        try (Scope _ = Scope.open()) {
            Path file = folder.resolve(Checkpoint.FILE);
            TensorFile.write(file, new LinkedHashMap<>(state(1)), Map.of("steps", "5", "recipe", RECIPE));
            refused(Files.readAllBytes(file), state(-1), "was written by another version; remove it to begin anew.");
        }
    }

    private void refused(byte[] file, Map<String, Tensor> own, String why) throws IOException {
        Files.write(folder.resolve(Checkpoint.FILE), file);
        String said = assertThrows(BadInputException.class, () -> Checkpoint.restore(folder, own, RECIPE))
                .getMessage();
        assertTrue(said.endsWith(why), said);
    }
}
