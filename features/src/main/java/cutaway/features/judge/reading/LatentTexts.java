package cutaway.features.judge.reading;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Batch;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Texts of a store on which a latent is active, and others on which it is not: windows of its contexts, each drawn
/// with the same chance (reservoir sampling, Vitter 1985, algorithm R).
///
/// @param latent its number
/// @param active its tokens marked
/// @param silent no token marked
/// @param activeWindows how many there are in all
/// @param windows of the store
public record LatentTexts(int latent, List<Example> active, List<Example> silent, long activeWindows, long windows) {

    public LatentTexts {
        active = List.copyOf(active);
        silent = List.copyOf(silent);
    }

    /// How texts are drawn.
    ///
    /// @param window tokens of a text; what is left at the end of a context is one of its own
    /// @param most texts of each kind
    public record Settings(int window, int most, long seed) {

        public static final Settings USUAL = new Settings(32, 40, 0);
    }

    /// Windows that a sample is drawn of.
    private static final class Reservoir {

        private final List<Example> kept = new ArrayList<>();
        private final int most;
        private final RandomGenerator random;
        private long seen;

        Reservoir(int most, RandomGenerator random) {
            this.most = most;
            this.random = random;
        }

        void add(Supplier<Example> example) {
            seen++;
            if (kept.size() < most) {
                kept.add(example.get());
            } else {
                long place = random.nextLong(seen);
                if (place < most) {
                    kept.set((int) place, example.get());
                }
            }
        }
    }

    private record Samples(Reservoir active, Reservoir silent) {}

    /// @param store harvested in document order
    /// @param text what a token stands for
    /// @param progress is told how many tokens are encoded
    /// @return of each latent, in the order given
    /// @throws BadInputException when the store is shuffled or does not fit the dictionary, or there is no such
    ///     latent
    public static List<LatentTexts> of(
            Dictionary dictionary,
            ActivationStore store,
            List<Integer> latents,
            IntFunction<String> text,
            Settings settings,
            LongConsumer progress) {
        List<Site> sites = dictionary.origin().inputs();
        if (sites.isEmpty() || sites.stream().mapToInt(store::width).sum() != dictionary.dIn()) {
            throw new BadInputException("the dictionary reads " + dictionary.dIn() + " numbers at "
                    + sites.stream().map(Site::text).toList()
                    + ", which the store has not; harvest the sites and the model that it was trained on.");
        }
        RandomGenerator random = new Random(settings.seed).generator();
        Map<Integer, Samples> samples = new LinkedHashMap<>();
        for (int latent : latents) {
            if (latent < 0 || latent >= dictionary.width()) {
                throw new BadInputException(
                        "there is no latent " + latent + "; the dictionary has 0 to " + (dictionary.width() - 1) + ".");
            }
            samples.put(
                    latent, new Samples(new Reservoir(settings.most, random), new Reservoir(settings.most, random)));
        }
        long done = 0;
        for (Batch context : store.sequences()) {
            int[] tokens = context.tokens();
            SparseRows codes = encoded(dictionary, sites, context);
            for (int from = 0; from < tokens.length; from += settings.window) {
                int first = from;
                int end = Math.min(from + settings.window, tokens.length);
                samples.forEach((latent, of) -> {
                    boolean[] marked = marked(codes, latent, first, end);
                    (contains(marked) ? of.active : of.silent).add(() -> example(tokens, first, marked, text));
                });
            }
            done += tokens.length;
            progress.accept(done);
        }
        List<LatentTexts> found = new ArrayList<>();
        samples.forEach((latent, of) -> found.add(new LatentTexts(
                latent, of.active.kept, of.silent.kept, of.active.seen, of.active.seen + of.silent.seen)));
        return found;
    }

    private static SparseRows encoded(Dictionary dictionary, List<Site> sites, Batch context) {
        return Scope.free(() -> dictionary.encode(
                Tensor.cat(sites.stream().map(context::at).toList(), 1).to(dictionary.dtype())));
    }

    private static boolean[] marked(SparseRows codes, int latent, int first, int end) {
        boolean[] marked = new boolean[end - first];
        for (int row = first; row < end; row++) {
            marked[row - first] = codes.at(row, latent) > 0;
        }
        return marked;
    }

    private static boolean contains(boolean[] marked) {
        for (boolean one : marked) {
            if (one) {
                return true;
            }
        }
        return false;
    }

    private static Example example(int[] tokens, int first, boolean[] marked, IntFunction<String> text) {
        List<String> words = new ArrayList<>();
        List<Boolean> marks = new ArrayList<>();
        for (int i = 0; i < marked.length; i++) {
            words.add(text.apply(tokens[first + i]));
            marks.add(marked[i]);
        }
        return new Example(words, marks);
    }
}
