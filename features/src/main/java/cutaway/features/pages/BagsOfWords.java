package cutaway.features.pages;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Likeness by common words. An example is a bag of the words around its token, nearer ones heavier, words that
/// most examples have lighter:
///
///     b_w = sum over positions t of word w, |t - focus| <= 4, of ln(N / n_w) / (1 + |t - focus|)
final class BagsOfWords implements Likeness {

    private static final int REACH = 4;

    private final Map<String, Double> weights = new HashMap<>();
    private final double most;

    /// @param examples of both corpora: N of them, n_w with a word w
    BagsOfWords(List<FeaturePage.Example> examples) {
        Map<String, Integer> in = new HashMap<>();
        for (FeaturePage.Example example : examples) {
            new HashSet<>(words(example).keySet()).forEach(word -> in.merge(word, 1, Integer::sum));
        }
        double all = examples.size();
        in.forEach((word, count) -> weights.put(word, Math.log(all / count)));
        this.most = Math.log(all);
    }

    @Override
    public String name() {
        return "bags of words";
    }

    @Override
    public double[][] cosines(List<FeaturePage.Example> some, List<FeaturePage.Example> others) {
        List<Map<String, Double>> a = some.stream().map(this::bag).toList();
        List<Map<String, Double>> b = others.stream().map(this::bag).toList();
        double[][] cosines = new double[a.size()][b.size()];
        for (int i = 0; i < a.size(); i++) {
            for (int j = 0; j < b.size(); j++) {
                cosines[i][j] = cosine(a.get(i), b.get(j));
            }
        }
        return cosines;
    }

    private Map<String, Double> bag(FeaturePage.Example example) {
        Map<String, Double> bag = words(example);
        bag.replaceAll((word, near) -> near * weights.getOrDefault(word, most));
        double norm = Math.sqrt(
                bag.values().stream().mapToDouble(weight -> weight * weight).sum());
        bag.replaceAll((word, weight) -> norm == 0 ? 0 : weight / norm);
        return bag;
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
}
