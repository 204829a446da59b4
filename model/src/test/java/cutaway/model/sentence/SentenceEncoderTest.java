package cutaway.model.sentence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Batch;
import cutaway.model.Golden;
import cutaway.model.MiniLm;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Golden: what ONNX Runtime 1.32.0 computes from the ONNX file, by scripts/golden/make_minilm.py.
class SentenceEncoderTest {

    private static List<String> sentences() throws IOException {
        Path file = Golden.folder("minilm").resolve("sentences.json");
        return JsonMapper.shared().readValue(file.toFile(), new TypeReference<>() {});
    }

    @Test
    void idsHiddenStatesAndEmbeddingsAgreeWithOnnxRuntime() throws IOException {
        Path folder = MiniLm.folder();
        List<String> sentences = sentences();
        try (Golden golden = Golden.of("minilm");
                Model model = Model.open(folder);
                SentenceEncoder encoder = SentenceEncoder.open(folder);
                Scope scope = Scope.open()) {
            Tensor embeddings = encoder.embeddings(sentences); // of three lengths, so padded
            for (int i = 0; i < sentences.size(); i++) {
                int[] ids = encoder.ids(sentences.get(i));
                assertArrayEquals(golden.ids(i + ".ids"), ids);
                Tensor hidden = model.residual(Batch.of(ids), Tap.NONE).squeeze(0);
                double worst = Golden.worst(golden.floats(i + ".hidden"), hidden);
                assertTrue(worst <= 1e-5, "hidden states of sentence " + i + ": " + worst);
                double off = Golden.worst(golden.floats(i + ".embedding"), embeddings.select(0, i));
                assertTrue(off <= 1e-5, "embedding of sentence " + i + ": " + off);
            }
        }
    }

    @Test
    void aDecoderIsRefused() {
        String said = assertThrows(BadInputException.class, () -> SentenceEncoder.open(Golden.folder("llama")))
                .getMessage();
        assertTrue(said.contains("decoder"), said);
    }
}
