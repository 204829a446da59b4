package cutaway.features.pages;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// How far a latent that looks clear on one corpus is so on that one only (Bolukbasi et al. 2021, "An
/// Interpretability Illusion for BERT", arXiv:2104.07143).
///
/// An example is a bag of the words around its token, nearer ones heavier, words that most examples have lighter:
///
///     b_w = sum over positions t of word w, |t - focus| <= 4, of ln(N / n_w) / (1 + |t - focus|)
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
/// The paper compares sentences by a sentence encoder. Bags of words need none, and see no likeness of topic or of
/// grammar without common words: a latent of those looks unclear here, not illusory.
///
/// @param clearFirst of the first corpus, 0 to 1
/// @param clearSecond of the second
/// @param shared of one example of each, 0 to 1
/// @param score 0 to 1; null where one corpus has fewer than [#LEAST] examples
/// @param shuffled what 0.95 of the shuffles stay under
/// @param told whether the score is larger
public record Illusion(
        double clearFirst,
        double clearSecond,
        double shared,
        @Nullable Double score,
        double shuffled,
        boolean told) {

    /// Examples of each corpus that a score needs.
    public static final int LEAST = 4;

    private static final int REACH = 4;
    private static final int DRAWS = 200;
    private static final double LEVEL = 0.95;

    /// Scores latents against the examples of others.
    ///
    ///     Illusion found = Illusion.among(othersOnA, othersOnB, 0).of(page.top(), other.top());
    public static final class Reference {

        private final Map<String, Double> weights = new HashMap<>();
        private final double most;
        private final double chanceFirst;
        private final double chanceSecond;
        private final double chanceShared;
        private final long seed;

        private Reference(List<FeaturePage.Example> first, List<FeaturePage.Example> second, long seed) {
            if (first.size() < LEAST || second.size() < LEAST) {
                throw new BadInputException("there are " + first.size() + " and " + second.size()
                        + " examples of other latents on the two corpora; give " + LEAST + " or more of each.");
            }
            this.seed = seed;
            Map<String, Integer> in = new HashMap<>();
            for (List<FeaturePage.Example> corpus : List.of(first, second)) {
                for (FeaturePage.Example example : corpus) {
                    new HashSet<>(words(example).keySet()).forEach(word -> in.merge(word, 1, Integer::sum));
                }
            }
            double all = (double) first.size() + second.size();
            in.forEach((word, count) -> weights.put(word, Math.log(all / count)));
            this.most = Math.log(all);
            List<Map<String, Double>> a = bags(first);
            List<Map<String, Double>> b = bags(second);
            RandomGenerator random = random(seed);
            this.chanceFirst = pairs(a, a, random);
            this.chanceSecond = pairs(b, b, random);
            this.chanceShared = pairs(a, b, random);
        }

        /// @param first top examples of a latent on the first corpus
        /// @param second the same of the second
        public Illusion of(List<FeaturePage.Example> first, List<FeaturePage.Example> second) {
            List<Map<String, Double>> bags = new ArrayList<>(bags(first));
            bags.addAll(bags(second));
            int n = first.size();
            double[][] cosines = new double[bags.size()][bags.size()];
            for (int i = 0; i < bags.size(); i++) {
                for (int j = 0; j < i; j++) {
                    cosines[i][j] = cosine(bags.get(i), bags.get(j));
                    cosines[j][i] = cosines[i][j];
                }
            }
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < bags.size(); i++) {
                order.add(i);
            }
            double clearFirst = above(mean(cosines, order.subList(0, n)), chanceFirst);
            double clearSecond = above(mean(cosines, order.subList(n, order.size())), chanceSecond);
            double shared = above(mean(cosines, order.subList(0, n), order.subList(n, order.size())), chanceShared);
            if (n < LEAST || second.size() < LEAST) {
                return new Illusion(clearFirst, clearSecond, shared, null, 0, false);
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
            return new Illusion(clearFirst, clearSecond, shared, score, bar, score > bar);
        }

        private List<Map<String, Double>> bags(List<FeaturePage.Example> examples) {
            return examples.stream().map(this::bag).toList();
        }

        private Map<String, Double> bag(FeaturePage.Example example) {
            Map<String, Double> bag = words(example);
            bag.replaceAll((word, near) -> near * weights.getOrDefault(word, most));
            double norm = Math.sqrt(
                    bag.values().stream().mapToDouble(weight -> weight * weight).sum());
            bag.replaceAll((word, weight) -> norm == 0 ? 0 : weight / norm);
            return bag;
        }

        private static double pairs(
                List<Map<String, Double>> from, List<Map<String, Double>> to, RandomGenerator random) {
            double sum = 0;
            int pairs = DRAWS * 10;
            for (int i = 0; i < pairs; i++) {
                int one = random.nextInt(from.size());
                int other = random.nextInt(to.size());
                if (from.equals(to) && one == other) {
                    other = (other + 1) % to.size();
                }
                sum += cosine(from.get(one), to.get(other));
            }
            return sum / pairs;
        }
    }

    /// @param first examples of many other latents on the first corpus: what is usual there
    /// @param second the same of the second
    /// @param seed of the draws
    /// @throws BadInputException when there are too few
    public static Reference among(List<FeaturePage.Example> first, List<FeaturePage.Example> second, long seed) {
        return new Reference(first, second, seed);
    }

    private static double score(double clearFirst, double clearSecond, double shared) {
        return Math.max(0, Math.max(clearFirst, clearSecond) - shared);
    }

    /// How near each word is to the token that the example is about.
    private static Map<String, Double> words(FeaturePage.Example example) {
        Map<String, Double> words = new HashMap<>();
        int last = Math.min(example.tokens().size() - 1, example.at() + REACH);
        for (int t = Math.max(0, example.at() - REACH); t <= last; t++) {
            String word = example.tokens().get(t).strip().toLowerCase(Locale.ROOT);
            if (!word.isEmpty()) {
                words.merge(word, 1.0 / (1 + Math.abs(t - example.at())), Double::sum);
            }
        }
        return words;
    }

    private static double cosine(Map<String, Double> a, Map<String, Double> b) {
        return a.entrySet().stream()
                .mapToDouble(entry -> entry.getValue() * b.getOrDefault(entry.getKey(), 0.0))
                .sum();
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
