package cutaway.features.pages;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/// Likeness by a sentence encoder, as the paper has it: the cosine of the vectors of two examples' texts. It
/// sees likeness of topic without a common word.
///
/// @param name of the encoder
/// @param encoder from texts to rows of length 1, `[text, d]`
public record SentenceLikeness(String name, Function<List<String>, Tensor> encoder) implements Likeness {

    @Override
    public double[][] cosines(List<FeaturePage.Example> some, List<FeaturePage.Example> others) {
        if (some.isEmpty() || others.isEmpty()) {
            return new double[some.size()][others.size()];
        }
        return Scope.free(() -> {
            Tensor a = encoder.apply(texts(some)); // [some, d]
            Tensor b = some.equals(others) ? a : encoder.apply(texts(others)); // [others, d]
            double[] all = a.matmul(b.transpose(0, 1)).toDoubles();
            double[][] cosines = new double[some.size()][others.size()];
            for (int i = 0; i < all.length; i++) {
                cosines[i / others.size()][i % others.size()] = all[i];
            }
            return cosines;
        });
    }

    private static List<String> texts(List<FeaturePage.Example> examples) {
        return examples.stream()
                .map(example -> String.join("", example.tokens()).strip())
                .toList();
    }
}
