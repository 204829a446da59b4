package cutaway.interp.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.HarmonicModel;
import cutaway.model.Model;
import cutaway.model.family.LabShape.NormKind;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptsTest {

    @TempDir
    private Path folder;

    /// Models of the lab may have fewer tokens than are shown. Probabilities by hand: logarithms are the logits.
    @Test
    void ofFewTokensAllAreShown() {
        try (Model model = HarmonicModel.open(folder, NormKind.NONE);
                Scope _ = Scope.open()) {
            Tensor logits = Tensor.of(new double[] {Math.log(2), Math.log(5), Math.log(3)}, 3);
            List<Explanation.Candidate> next = Prompts.top(model, logits);
            assertEquals(
                    List.of(1, 2, 0),
                    next.stream().map(Explanation.Candidate::id).toList());
            assertEquals(0.5, next.getFirst().probability(), 1e-12);
        }
    }
}
