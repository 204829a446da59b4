package cutaway.server.features;

import cutaway.features.pages.FeaturePage;
import cutaway.features.pages.Illusion;
import cutaway.features.pages.SentenceLikeness;
import cutaway.model.hub.Hub;
import cutaway.model.sentence.SentenceEncoder;
import cutaway.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What says how alike a feature's examples are: MiniLM where it is in the cache, else bags of words.
final class ExampleLikeness implements AutoCloseable {

    private @Nullable SentenceEncoder encoder; // once it was needed

    /// Whether MiniLM is in the user's cache.
    boolean hasEncoder() {
        return Hub.made(Hub.MINILM).isPresent();
    }

    /// @param first examples of many features on the first corpus
    /// @param second the same of the second
    Illusion.Reference among(List<FeaturePage.Example> first, List<FeaturePage.Example> second) {
        return hasEncoder()
                ? Illusion.among(first, second, new SentenceLikeness("MiniLM", this::vectors), 0)
                : Illusion.among(first, second, 0);
    }

    private synchronized Tensor vectors(List<String> texts) {
        SentenceEncoder opened = encoder;
        if (opened == null) {
            opened = SentenceEncoder.open(Hub.resolve(Hub.MINILM));
            encoder = opened;
        }
        return opened.embeddings(texts);
    }

    @Override
    public synchronized void close() {
        if (encoder != null) {
            encoder.close();
        }
        encoder = null;
    }
}
