package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.judge.TextActivations.Pool;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Rows of labelled texts against runs of each text alone.
class TextActivationsTest {

    private static final String SITE = "blocks.1.hook_resid_post";

    @Test
    void aRowIsTheMeanOfItsTextsTokens() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache");
        List<String> texts = List.of("A river ran by.", "Nobody", "Green houses stood by the river.", "We saw it all.");
        List<String> repeated = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            repeated.addAll(texts);
        }
        int count = repeated.size();
        int[] numbers = IntStream.range(0, count).toArray();
        LabelledTexts labelled =
                new LabelledTexts(repeated, repeated, numbers, List.of(), numbers, new int[0], List.of());
        try (Scope _ = Scope.open();
                Model model = Model.open(Hub.resolve(Hub.DEFAULT));
                Dictionary dictionary = Tiny.identity(576, Tiny.at(SITE))) {
            Settings settings = new Settings(6, 1, 0, 1e9, 3, 0); // texts are cut at 6 tokens; all of them count
            try (Labelled mean = TextActivations.of(model, dictionary, labelled, Pool.MEAN, settings, Tiny.QUIET);
                    Labelled last = TextActivations.of(model, dictionary, labelled, Pool.LAST, settings, Tiny.QUIET)) {
                Splice splice = new Splice(model, dictionary.origin(), 576, 576);
                for (int i = 0; i < count; i++) {
                    int[] ids = model.encode(repeated.get(i)).ids();
                    int[] cut = Arrays.copyOf(ids, Math.min(6, ids.length));
                    try (Splice.Values alone = splice.read(List.of(cut))) {
                        assertEquals(cut.length, mean.starts()[i + 1] - mean.starts()[i]);
                        float[] expected = alone.inputs().mean(0, false).toFloats();
                        assertArrayEquals(expected, mean.x().select(0, i).toFloats(), 1e-3f, repeated.get(i));
                        float[] end = alone.inputs().select(0, cut.length - 1L).toFloats();
                        assertArrayEquals(end, last.x().select(0, i).toFloats(), 1e-3f, repeated.get(i));
                    }
                }
            }
        }
    }
}
