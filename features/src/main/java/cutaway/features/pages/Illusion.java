package cutaway.features.pages;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How far a latent that looks clear on one corpus is so on that one only (Bolukbasi et al. 2021, "An
/// Interpretability Illusion for BERT", arXiv:2104.07143).
///
/// `cohesion_c` is the mean cosine of two top examples of corpus c, `shared` that of one of each. What random sets of
/// examples of other latents reach is taken off, and 1 stays 1:
///
///     clear_c = (cohesion_c - chance_c) / (1 - chance_c)          at least 0
///     illusion = max(0, max(clear_A, clear_B) - shared)
///
/// It is large where the examples of one corpus are alike and those of the other are not, or are alike in another way;
/// it is small where both say one thing, and where neither says anything. It is told from chance when it is larger than
/// nearly all (0.95) of what comes of the same examples with their corpora shuffled: there the corpus says nothing.
///
/// A text that stands in a corpus many times would make any latent look clear that fires in it: examples with the same
/// tokens around count once.
///
/// Examples are alike by a sentence encoder ([SentenceLikeness]), as in the paper, or by bags of words, which need
/// none and see no likeness of topic or of grammar without common words: a latent of those looks unclear, not
/// illusory.
///
/// @param clearFirst of the first corpus, 0 to 1
/// @param clearSecond of the second
/// @param shared of one example of each, 0 to 1
/// @param score 0 to 1; null where one corpus has fewer than [#LEAST] examples that are no copies
/// @param shuffled what 0.95 of the shuffles stay under
/// @param told whether the score is larger
/// @param likeness what compared the examples
public record Illusion(
        double clearFirst,
        double clearSecond,
        double shared,
        @Nullable Double score,
        double shuffled,
        boolean told,
        String likeness) {

    /// Examples of each corpus that a score needs.
    public static final int LEAST = 4;

    /// Examples of other latents, of each corpus, that say what is usual.
    private static final int SAMPLE = 200;

    /// Tokens on either side by which copies are told.
    private static final int AROUND = 4;

    private static final int DRAWS = 200;
    private static final double LEVEL = 0.95;

    /// Scores latents against the examples of others.
    ///
    ///     Illusion found = Illusion.among(othersOnA, othersOnB, 0).of(page.top(), other.top());
    public static final class Reference {

        private final Likeness likeness;
        private final double chanceFirst;
        private final double chanceSecond;
        private final double chanceShared;
        private final long seed;

        private Reference(
                List<FeaturePage.Example> first, List<FeaturePage.Example> second, Likeness likeness, long seed) {
            if (first.size() < LEAST || second.size() < LEAST) {
                throw new BadInputException("there are " + first.size() + " and " + second.size()
                        + " examples of other latents on the two corpora; give " + LEAST + " or more of each.");
            }
            this.likeness = likeness;
            this.seed = seed;
            RandomGenerator random = random(seed);
            List<FeaturePage.Example> a = sample(first, random);
            List<FeaturePage.Example> b = sample(second, random);
            this.chanceFirst = mean(likeness.cosines(a, a), upTo(a.size()));
            this.chanceSecond = mean(likeness.cosines(b, b), upTo(b.size()));
            this.chanceShared = mean(likeness.cosines(a, b), upTo(a.size()), upTo(b.size()));
        }

        private static List<FeaturePage.Example> sample(List<FeaturePage.Example> all, RandomGenerator random) {
            List<FeaturePage.Example> drawn = new ArrayList<>(all);
            Collections.shuffle(drawn, Random.from(random));
            return drawn.subList(0, Math.min(SAMPLE, drawn.size()));
        }

        /// @param onFirst top examples of a latent on the first corpus
        /// @param onSecond the same of the second
        public Illusion of(List<FeaturePage.Example> onFirst, List<FeaturePage.Example> onSecond) {
            List<FeaturePage.Example> first = once(onFirst);
            List<FeaturePage.Example> second = once(onSecond);
            List<FeaturePage.Example> both = new ArrayList<>(first);
            both.addAll(second);
            int n = first.size();
            double[][] cosines = likeness.cosines(both, both);
            List<Integer> order = new ArrayList<>(upTo(both.size()));
            double clearFirst = above(mean(cosines, order.subList(0, n)), chanceFirst);
            double clearSecond = above(mean(cosines, order.subList(n, order.size())), chanceSecond);
            double shared = above(mean(cosines, order.subList(0, n), order.subList(n, order.size())), chanceShared);
            if (n < LEAST || second.size() < LEAST) {
                return new Illusion(clearFirst, clearSecond, shared, null, 0, false, likeness.name());
            }
            double score = score(clearFirst, clearSecond, shared);
            double[] shuffles = new double[DRAWS];
            RandomGenerator random = random(seed);
            for (int draw = 0; draw < DRAWS; draw++) {
                Collections.shuffle(order, Random.from(random));
                List<Integer> a = order.subList(0, n);
                List<Integer> b = order.subList(n, order.size());
                shuffles[draw] = score(
                        above(mean(cosines, a), chanceFirst),
                        above(mean(cosines, b), chanceSecond),
                        above(mean(cosines, a, b), chanceShared));
            }
            Arrays.sort(shuffles);
            double bar = shuffles[(int) (LEVEL * DRAWS)];
            return new Illusion(clearFirst, clearSecond, shared, score, bar, score > bar, likeness.name());
        }
    }

    /// By bags of words, as [#among(List, List, Likeness, long)].
    public static Reference among(List<FeaturePage.Example> first, List<FeaturePage.Example> second, long seed) {
        List<FeaturePage.Example> both = new ArrayList<>(first);
        both.addAll(second);
        return among(first, second, new BagsOfWords(both), seed);
    }

    /// @param first examples of many other latents on the first corpus: what is usual there
    /// @param second the same of the second
    /// @param seed of the draws
    /// @throws BadInputException when there are too few
    public static Reference among(
            List<FeaturePage.Example> first, List<FeaturePage.Example> second, Likeness likeness, long seed) {
        return new Reference(first, second, likeness, seed);
    }

    /// Without those that have the same tokens around as one before.
    private static List<FeaturePage.Example> once(List<FeaturePage.Example> examples) {
        Map<List<String>, FeaturePage.Example> byTokens = new LinkedHashMap<>();
        for (FeaturePage.Example example : examples) {
            int from = Math.max(0, example.at() - AROUND);
            int to = Math.min(example.tokens().size(), example.at() + AROUND + 1);
            byTokens.putIfAbsent(List.copyOf(example.tokens().subList(from, to)), example);
        }
        return List.copyOf(byTokens.values());
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static double score(double clearFirst, double clearSecond, double shared) {
        return Math.max(0, Math.max(clearFirst, clearSecond) - shared);
    }

    private static double mean(double[][] cosines, List<Integer> all) {
        double sum = 0;
        for (int i : all) {
            for (int j : all) {
                sum += i == j ? 0 : cosines[i][j];
            }
        }
        return all.size() < 2 ? 0 : sum / (all.size() * (all.size() - 1.0));
    }

    private static double mean(double[][] cosines, List<Integer> some, List<Integer> others) {
        double sum = 0;
        for (int i : some) {
            for (int j : others) {
                sum += cosines[i][j];
            }
        }
        return some.isEmpty() || others.isEmpty() ? 0 : sum / ((double) some.size() * others.size());
    }

    private static double above(double value, double chance) {
        return Math.clamp((value - chance) / (1 - chance), 0, 1);
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
