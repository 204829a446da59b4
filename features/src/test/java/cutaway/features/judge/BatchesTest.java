package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Scaling;
import cutaway.model.Model;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BatchesTest {

    private static final Settings SETTINGS = new Settings(4, 100, 1, 10, 2, 0);

    /// The first token does not count, nor one whose norm is eleven times the median.
    @Test
    void firstTokensAndSinksDoNotCount() {
        try (Model model = Tiny.open("llama");
                Scope _ = Scope.open()) {
            Counting counting = new Counting(model, SETTINGS);
            Tensor rows = Tensor.of(new float[] {99, 1, 1, 1, /* next */ 99, 1, 22, -1}, 8, 1);
            List<int[]> counted =
                    Batches.counted(List.of(new int[] {5, 6, 7, 8}, new int[] {9, 10, 11, 12}), at(rows), counting);
            assertArrayEquals(new int[] {1, 2, 3}, counted.get(0));
            assertArrayEquals(new int[] {5, 6, 7}, counted.get(1), "22 is no more than ten times the median, 11.5");
            Tensor longer = Tensor.of(new float[] {1, 1, 1, 11, 1}, 5, 1);
            assertArrayEquals(new int[] {1, 2, 4}, counting.of(new int[] {5, 6, 7, 8, 9}, List.of(longer)));
            assertEquals(new Judgement.Tokens(9, 0, 3, 1), counting.tokens());
        }
    }

    private static Splice.Values at(Tensor rows) {
        return new Splice.Values(rows, rows, Optional.empty());
    }

    /// Behind a norm all tokens are as long: a sink shows in what is written, and in the stream.
    @Test
    void sinksShowWhereTheDictionaryWritesAndInTheStream() {
        try (Model model = Tiny.open("llama");
                Scope _ = Scope.open()) {
            Tensor same = Tensor.ones(5, 1);
            Tensor written = Tensor.of(new float[] {1, 1, 40, 1, 1}, 5, 1);
            Tensor stream = Tensor.of(new float[] {1, 1, 1, 40, 1}, 5, 1);
            int[] ids = {5, 6, 7, 8, 9};
            List<int[]> counted = Batches.counted(
                    List.of(ids), new Splice.Values(same, written, Optional.of(stream)), new Counting(model, SETTINGS));
            assertArrayEquals(new int[] {1, 4}, counted.getFirst());
        }
    }

    /// What is predicted is the token behind; a context's last token predicts nothing.
    @Test
    void theNextTokenIsPredicted() {
        try (Model model = Tiny.open("llama")) {
            Batches.Following found = Batches.following(
                    List.of(new int[] {5, 6, 7, 8}, new int[] {9, 10, 11, 12}),
                    List.of(new int[] {1, 2, 3}, new int[] {4, 6}),
                    new Counting(model, SETTINGS));
            assertArrayEquals(new long[] {1, 2, 4, 6}, found.rows());
            assertArrayEquals(new long[] {7, 8, 10, 12}, found.next());
            assertArrayEquals(new int[] {2, 2}, found.counts());
        }
    }

    /// Codes that a dictionary gives times the norm of their rows are factors of the rows here, and mean the same.
    @Test
    void codesAreFactorsOfTheirRows() {
        try (Scope _ = Scope.open();
                Dictionary byNorm = new Dictionary(
                        new Dictionary.Weights(
                                new Random(1).normal(9, 5),
                                new Random(2).normal(9),
                                new Random(3).normal(9, 5).times(3),
                                new Random(4).normal(5),
                                Optional.empty()),
                        new Activation.TopK(3, true),
                        true,
                        Scaling.NONE,
                        Tiny.at("blocks.0.hook_resid_pre"))) {
            Tensor x = new Random(5).normal(13, 5);
            Coding coding = Coding.of(byNorm);
            Tensor made = coding.decode(coding.encode(x), x);
            assertEquals(0, made.minus(byNorm.reconstruct(x)).norm(), 1e-4);
            Tensor factors =
                    coding.encode(x).dense(Dtype.F32).matmul(byNorm.weights().decoder());
            assertEquals(
                    0, factors.plus(byNorm.weights().decoderBias()).minus(made).norm(), 1e-4);
        }
    }
}
