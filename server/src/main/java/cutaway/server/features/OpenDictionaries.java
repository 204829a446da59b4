package cutaway.server.features;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.pages.DirectionFacts;
import cutaway.features.pages.FeaturePage;
import cutaway.features.use.DictionaryBasis;
import cutaway.features.use.FeatureBasis;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// The dictionaries that are open: the last few asked for.
///
/// Not for two threads at once: whoever uses one has the turn ([cutaway.server.model.Turns]).
final class OpenDictionaries implements AutoCloseable {

    private static final int KEPT = 3;
    private static final int RAISED = 8;

    private final Dictionaries dictionaries;
    private final Map<Path, One> open = new LinkedHashMap<>(); // the last one asked for stands at the end

    OpenDictionaries(Dictionaries dictionaries) {
        this.dictionaries = dictionaries;
    }

    /// A dictionary that is open, with the tokens that its latents raise, found when they are first asked for.
    static final class One {

        private final FeatureBasis basis;
        private final Map<Integer, List<FeaturePage.Logit>> raised = new HashMap<>();
        private String of = "";

        private One(FeatureBasis basis) {
            this.basis = basis;
        }

        FeatureBasis basis() {
            return basis;
        }

        /// Empty for a cross-layer transcoder, whose latents write at several layers.
        Optional<Dictionary> dictionary() {
            return basis instanceof DictionaryBasis one ? Optional.of(one.dictionary()) : Optional.empty();
        }

        /// The tokens that latents raise most, those of each; of none where nothing reaches the logits. Those of all
        /// take a second or two when they are first asked for.
        Map<Integer, List<FeaturePage.Logit>> raised(Model model, IntStream latents) {
            if (!of.equals(model.sha256())) {
                raised.clear();
                of = model.sha256();
            }
            int[] missing = latents.filter(latent -> !raised.containsKey(latent))
                    .distinct()
                    .toArray();
            if (missing.length > 0) {
                dictionary()
                        .flatMap(one -> DirectionFacts.raised(model, one, missing, RAISED))
                        .ifPresent(found -> {
                            for (int i = 0; i < missing.length; i++) {
                                raised.put(missing[i], found.get(i));
                            }
                        });
            }
            return raised;
        }
    }

    /// @throws cutaway.tensor.BadInputException when it cannot be opened, or the model does not have its sites
    One use(String name, Model model) {
        Path path = dictionaries.path(name);
        One one = open.remove(path);
        if (one == null) {
            if (open.size() >= KEPT) {
                var oldest = open.entrySet().iterator();
                oldest.next().getValue().basis.close();
                oldest.remove();
            }
            one = new One(FeatureBasis.open(name, path));
        }
        open.put(path, one);
        one.basis.check(model.sizes());
        return one;
    }

    @Override
    public void close() {
        open.values().forEach(one -> one.basis.close());
        open.clear();
    }
}
