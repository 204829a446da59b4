package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplicedErrorTest {

    private static final Origin AT = Tiny.at("blocks.1.hook_resid_post");
    private static final Settings SETTINGS = new Settings(13, 1000, 1, 1e9, 4, 0);
    private static final List<int[]> IDS =
            Tiny.contexts(10, 13, 1).stream().map(Context::ids).toList();

    /// The map is fitted to the very tokens that are spliced, all but the first of each context.
    private static SplicedError measure(Model model, Dictionary dictionary) {
        Splice splice = new Splice(model, AT, 32, 32);
        try (Scope _ = Scope.open();
                Splice.Values values = splice.read(IDS)) {
            Tensor x = values.inputs()
                    .reshape(10, 13, 32)
                    .slice(1, 1, 13)
                    .reshape(-1, 32)
                    .contiguous();
            try (CodedTokens fit = CodedTokens.encoded(dictionary, x, x, new int[120]);
                    ErrorSplit split = ErrorSplit.of(fit)) {
                return SplicedError.measure(model, dictionary, split, IDS, SETTINGS, Tiny.QUIET);
            }
        }
    }

    /// All of the error of a reconstruction that is half of the activation is linear: with it the model is whole.
    @Test
    void theLinearPartMakesAShrunkReconstructionWhole() {
        try (Model model = Tiny.open("llama");
                Scope _ = Scope.open()) {
            Tensor one = Moments.identity(32).to(Dtype.F32);
            Tensor both = Tensor.cat(List.of(one, one.negate()), 0);
            try (Dictionary half = Tiny.relu(both, Tensor.zeros(64), both.times(0.5), Tensor.zeros(32), AT)) {
                SplicedError found = measure(model, half);
                assertEquals(110, found.tokens()); // none follows the last
                assertTrue(Math.abs(found.rows().get(0).crossEntropy() - found.whole()) > 1e-3);
                assertEquals(found.whole(), found.rows().get(1).crossEntropy(), 1e-5);
                assertEquals(1, found.rows().get(1).errorVariance(), 1e-6);
                assertEquals(1, found.rows().get(1).errorLoss(), 1e-2);
                assertEquals(
                        found.rows().get(0).crossEntropy(), found.rows().get(2).crossEntropy(), 1e-5);
                assertEquals(0, found.rows().get(2).errorVariance(), 1e-6);
            }
        }
    }

    /// Of positive numbers kept and negative ones lost, the two parts of the error lie at right angles: what they make
    /// good adds up. Neither is all.
    @Test
    void theTwoPartsMakeUpTheError() {
        try (Model model = Tiny.open("llama");
                Scope _ = Scope.open()) {
            Tensor one = Moments.identity(32).to(Dtype.F32);
            try (Dictionary positive = Tiny.relu(one, Tensor.zeros(32), one.copy(), Tensor.zeros(32), AT)) {
                List<SplicedError.Row> rows = measure(model, positive).rows();
                assertEquals(1, rows.get(1).errorVariance() + rows.get(2).errorVariance(), 1e-6);
                assertTrue(rows.get(1).errorVariance() > 0.2, rows.toString());
                assertTrue(rows.get(2).errorVariance() > 0.05, rows.toString());
                assertEquals(
                        rows.get(0).variance()
                                + rows.get(1).errorVariance() * (1 - rows.get(0).variance()),
                        rows.get(1).variance(),
                        1e-6);
            }
        }
    }

    /// A dictionary that knows the mean alone recovers nothing from the mean.
    @Test
    void theMeanRecoversNothing() {
        try (Model model = Tiny.open("llama");
                Scope _ = Scope.open();
                Splice.Values values = new Splice(model, AT, 32, 32).read(IDS)) {
            Tensor mean = values.inputs()
                    .reshape(10, 13, 32)
                    .slice(1, 1, 13)
                    .reshape(-1, 32)
                    .mean(0, false);
            try (Dictionary silent = Tiny.silent(mean, AT)) {
                SplicedError found = measure(model, silent);
                assertEquals(found.mean(), found.rows().get(0).crossEntropy(), 1e-5);
                assertEquals(0, found.rows().get(0).variance(), 1e-6);
                assertEquals(0, found.rows().get(0).loss(), 1e-3);
                assertEquals(1, found.rows().get(1).loss(), 1e-2);
            }
        }
    }

    @Test
    void nothingToSpliceIntoIsSaid() {
        try (Model model = Tiny.open("llama");
                Dictionary identity = Tiny.identity(32, AT);
                Scope _ = Scope.open()) {
            Tensor x = new cutaway.tensor.Random(1).normal(50, 32);
            try (CodedTokens fit = CodedTokens.encoded(identity, x, x, new int[50]);
                    ErrorSplit split = ErrorSplit.of(fit)) {
                List<int[]> alone = List.of(new int[] {5});
                assertTrue(assertThrows(
                                BadInputException.class,
                                () -> SplicedError.measure(model, identity, split, alone, SETTINGS, Tiny.QUIET))
                        .getMessage()
                        .contains("longer text"));
            }
        }
    }
}
