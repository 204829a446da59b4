package cutaway.features.judge.reading;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// The judge that any other must beat: a latent is the tokens that it is active on. It explains by up to five tokens
/// that are marked in the examples more often than they stand in the other texts, and detects a text by counting
/// them.
public record KeywordJudge() implements TextJudge {

    private static final int MOST = 5;

    @Override
    public Explanation explain(List<Example> examples, List<Example> others) {
        Map<String, Double> scores = new HashMap<>();
        for (Example example : examples) {
            for (String word : new HashSet<>(example.markedWords())) {
                scores.merge(word, 1.0 / examples.size(), Double::sum);
            }
        }
        for (Example other : others) {
            for (String word : new HashSet<>(other.words())) {
                scores.computeIfPresent(word, (_, score) -> score - 1.0 / others.size());
            }
        }
        List<String> keywords = scores.entrySet().stream()
                .filter(entry -> entry.getValue() > 0 && !entry.getKey().isEmpty())
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.<String, Double>comparingByKey()))
                .limit(MOST)
                .map(Map.Entry::getKey)
                .toList();
        return new Explanation("the tokens " + String.join(", ", keywords), keywords);
    }

    @Override
    public double detects(Explanation explanation, Example text) {
        return text.words().stream().filter(explanation.keywords()::contains).count();
    }

    /// The share of marked tokens that are keywords.
    @Override
    public double marksRightly(Explanation explanation, Example text) {
        List<String> marked = text.markedWords();
        return marked.isEmpty()
                ? 0
                : marked.stream().filter(explanation.keywords()::contains).count() / (double) marked.size();
    }
}
