package cutaway.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Batch;
import cutaway.model.Golden;
import cutaway.model.Model;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A BERT that was saved without the head that predicts tokens, as BertModel is and sentence encoders are.
class BertBodyTest {

    private static final int[] PROMPT = {1, 5, 3, 7};

    @TempDir
    private Path folder;

    @BeforeEach
    void config() throws IOException {
        Files.copy(Golden.folder("bert").resolve("config.json"), folder.resolve("config.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bert."})
    void itsResidualStreamIsThatOfTheWholeModel(String prefix) throws IOException {
        write(prefix, "cls.");
        try (Model whole = Model.open(Golden.folder("bert"));
                Model body = Model.open(folder);
                Scope scope = Scope.open()) {
            Tensor expected = whole.residual(Batch.of(PROMPT), Tap.NONE);
            assertEquals(0, Golden.worst(expected.toFloats(), body.residual(Batch.of(PROMPT), Tap.NONE)));
            assertFalse(body.sizes().wiring().has(Kind.LOGITS));
            assertEquals(1, body.notes().size());
            String said = assertThrows(BadInputException.class, () -> body.logits(PROMPT))
                    .getMessage();
            assertTrue(said.contains("no head"), said);
        }
    }

    @Test
    void halfAHeadIsRefused() throws IOException {
        write("bert.", "cls.predictions.transform.dense.weight");
        String said = assertThrows(
                        BadInputException.class, () -> Model.open(folder).close())
                .getMessage();
        assertTrue(said.contains("cls.predictions"), said);
    }

    /// @param without a beginning of the names of what is left out
    private void write(String prefix, String without) throws IOException {
        try (Scope scope = Scope.open();
                SafetensorsFile stored =
                        SafetensorsFile.open(Golden.folder("bert").resolve("model.safetensors"))) {
            LinkedHashMap<String, Tensor> kept = new LinkedHashMap<>();
            TensorFile.readAll(stored).forEach((name, tensor) -> {
                if (!name.startsWith(without)) {
                    kept.put(name.startsWith("bert.") ? prefix + name.substring(5) : name, tensor);
                }
            });
            TensorFile.write(folder.resolve("model.safetensors"), kept, Map.of());
        }
    }
}
